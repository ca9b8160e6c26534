/* The two serial links behind ring buffers, one writer and one reader each. Bytes move by direct memory access; where there
 * is none, by interrupts. */

#include "board.h"
#include "registers.h"

#define BENCH_BAUD 1000000u /* sensors in and telemetry out, within half of a 10 ms step; exact on a 42 MHz bus */
#define TELEMETRY_BAUD 460800u
/* A ring's bytes must be in memory before its count says so. */
#define IN_ORDER() __asm volatile("" ::: "memory")
#define RECEIVE_BYTES 2048u  /* powers of two */
#define TRANSMIT_BYTES 4096u /* several steps' packets, or all that fall due at once */

struct port {
    uint32_t base;
    uint32_t interrupt;
};

static const struct port ports[2] = {[VERMILION_BENCH] = {USART2, USART2_INTERRUPT},
                                     [VERMILION_TELEMETRY] = {USART1, USART1_INTERRUPT}};

/* What waits to be sent: counts of bytes into and out of the ring. */
struct outbox {
    volatile uint32_t written;
    volatile uint32_t sent;
    volatile uint32_t moving; /* bytes of the transfer that is under way; by interrupts, whether one will come */
    uint8_t ring[TRANSMIT_BYTES];
};

static struct outbox outboxes[2];
static uint8_t inbox[RECEIVE_BYTES];
static volatile uint32_t received; /* counts of bytes into and out of the inbox */
static volatile uint32_t taken;
static bool by_dma;
static bool emulated;

static uint32_t least(uint32_t first, uint32_t second)
{
    return first < second ? first : second;
}

static void start_port(const struct port *port, uint32_t bus_hz, uint32_t baud, uint32_t control)
{
    USART_BRR(port->base) = (bus_hz + baud / 2u) / baud;
    USART_CR1(port->base) = USART_CR1_ENABLE | USART_CR1_TRANSMITTER | control;
    NVIC_ISER(port->interrupt) = NVIC_BIT(port->interrupt);
}

/* PA2 and PA3 are USART2, which a Nucleo's debug probe shows as a serial port; PA9 is USART1. */
static void connect_pins(void)
{
    RCC_AHB1ENR |= RCC_AHB1ENR_GPIOA;
    RCC_APB1ENR |= RCC_APB1ENR_USART2;
    RCC_APB2ENR |= RCC_APB2ENR_USART1;
    GPIOA_MODER = (GPIOA_MODER & ~0x000C00F0u) | 0x000800A0u;
    GPIOA_AFRL = (GPIOA_AFRL & ~0x0000FF00u) | 0x00007700u;
    GPIOA_AFRH = (GPIOA_AFRH & ~0x000000F0u) | 0x00000070u;
    GPIOA_PUPDR = (GPIOA_PUPDR & ~0x000000F0u) | 0x00000040u; /* an unconnected receiver must not hear noise */
}

void start_links(const struct clocks *clocks)
{
    emulated = clocks->emulated;
    if (!emulated)
        connect_pins();
    by_dma = start_dma();
    if (by_dma)
        receive_by_dma(inbox, RECEIVE_BYTES);
    start_port(&ports[VERMILION_BENCH], clocks->bench_hz, BENCH_BAUD,
               USART_CR1_RECEIVER | (by_dma ? USART_CR1_IDLE_INTERRUPT : USART_CR1_RECEIVED_INTERRUPT));
    /* Nobody commands the vehicle by the telemetry's link yet: it only sends. */
    start_port(&ports[VERMILION_TELEMETRY], clocks->telemetry_hz, TELEMETRY_BAUD, 0u);
}

/* Bytes in the inbox. A writer that is a whole ring ahead is not seen; what it wrote over fails its checksum. */
static uint32_t waiting(void)
{
    return by_dma ? (received_by_dma() - taken) % RECEIVE_BYTES : received - taken;
}

bool bench_waits(void)
{
    return waiting() != 0u;
}

uint32_t read_bench(uint8_t *bytes, uint32_t most)
{
    const uint32_t place = taken % RECEIVE_BYTES;
    const uint32_t count = least(least(waiting(), most), RECEIVE_BYTES - place);
    IN_ORDER();
    for (uint32_t done = 0u; done < count; done++)
        bytes[done] = inbox[place + done];
    IN_ORDER();
    taken += count;
    return count;
}

/* The next run of an outbox, up to its ring's end; nothing while one is under way. */
static void send_on(vermilion_link link)
{
    struct outbox *outbox = &outboxes[link];
    const uint32_t place = outbox->sent % TRANSMIT_BYTES;
    if (outbox->moving != 0u || outbox->written == outbox->sent)
        return;
    outbox->moving = least(outbox->written - outbox->sent, TRANSMIT_BYTES - place);
    send_by_dma(link, &outbox->ring[place], outbox->moving);
}

void bytes_sent(vermilion_link link)
{
    struct outbox *outbox = &outboxes[link];
    outbox->sent += outbox->moving;
    outbox->moving = 0u;
    send_on(link);
}

bool write_link(vermilion_link link, const uint8_t *bytes, uint32_t count)
{
    const struct port *port = &ports[link];
    struct outbox *outbox = &outboxes[link];
    const uint32_t written = outbox->written;
    if (count > TRANSMIT_BYTES - (written - outbox->sent))
        return false;
    uint32_t place = written % TRANSMIT_BYTES;
    for (uint32_t done = 0u; done < count; done++) {
        outbox->ring[place] = bytes[done];
        place = (place + 1u) % TRANSMIT_BYTES;
    }
    IN_ORDER();
    __asm volatile("cpsid i" ::: "memory");
    outbox->written = written + count;
    if (by_dma) {
        send_on(link);
    } else if (outbox->moving == 0u) {
        outbox->moving = 1u;
        USART_CR1(port->base) |= USART_CR1_EMPTY_INTERRUPT;
        /* QEMU 7.2 never raises the transmitter's interrupt by itself. Silicon has it pending already. */
        NVIC_ISPR(port->interrupt) = NVIC_BIT(port->interrupt);
    }
    __asm volatile("cpsie i" ::: "memory");
    return true;
}

static void send_by_interrupt(vermilion_link link)
{
    const struct port *port = &ports[link];
    struct outbox *outbox = &outboxes[link];
    if (outbox->moving == 0u)
        return;
    /* An emulator's transmitter is empty at once and has no interrupt to say so. */
    do {
        if (outbox->sent == outbox->written) {
            outbox->moving = 0u;
            USART_CR1(port->base) &= ~USART_CR1_EMPTY_INTERRUPT;
            return;
        }
        USART_DR(port->base) = outbox->ring[outbox->sent % TRANSMIT_BYTES];
        outbox->sent++;
    } while (emulated);
}

static void keep_byte(uint8_t byte)
{
    /* What does not fit is lost, and the frame that it belonged to fails its checksum. */
    if (received - taken < RECEIVE_BYTES) {
        inbox[received % RECEIVE_BYTES] = byte;
        IN_ORDER();
        received++;
    }
}

void bench_interrupt(void)
{
    if (emulated && !by_dma) {
        /* Each look at the state costs QEMU as much as the byte. It is not needed: what was not asked for by
         * `write_link` is a byte, and one that comes meanwhile interrupts again. */
        if (outboxes[VERMILION_BENCH].moving != 0u)
            send_by_interrupt(VERMILION_BENCH);
        else
            keep_byte((uint8_t)USART_DR(USART2));
        return;
    }
    const uint32_t status = USART_SR(USART2);
    if ((status & (USART_SR_RECEIVED | USART_SR_OVERRUN | USART_SR_IDLE)) != 0u) {
        /* This clears what the state said, also where the byte itself has been moved already. */
        const uint8_t byte = (uint8_t)USART_DR(USART2);
        if (!by_dma && (status & USART_SR_RECEIVED) != 0u)
            keep_byte(byte);
    }
    if (!by_dma && (status & USART_SR_EMPTY) != 0u)
        send_by_interrupt(VERMILION_BENCH);
}

void telemetry_interrupt(void)
{
    if (!by_dma && (USART_SR(USART1) & USART_SR_EMPTY) != 0u)
        send_by_interrupt(VERMILION_TELEMETRY);
}
