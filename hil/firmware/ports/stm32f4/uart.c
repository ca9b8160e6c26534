/* The two serial links: interrupts move bytes between the ports and ring buffers, one writer and one reader each. */

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

struct buffers {
    volatile uint32_t received; /* counts of bytes in and out of the rings; their difference is what waits */
    volatile uint32_t taken;
    volatile uint32_t written;
    volatile uint32_t sent;
    uint8_t receive_ring[RECEIVE_BYTES];
    uint8_t transmit_ring[TRANSMIT_BYTES];
};

static struct buffers links[2];

static void start_port(const struct port *port, uint32_t bus_hz, uint32_t baud)
{
    USART_BRR(port->base) = (bus_hz + baud / 2u) / baud;
    USART_CR1(port->base) =
        USART_CR1_ENABLE | USART_CR1_RECEIVED_INTERRUPT | USART_CR1_TRANSMITTER | USART_CR1_RECEIVER;
    NVIC_ISER(port->interrupt) = NVIC_BIT(port->interrupt);
}

/* PA2 and PA3 are USART2, which a Nucleo's debug probe shows as a serial port; PA9 and PA10 are USART1. */
static void connect_pins(void)
{
    RCC_AHB1ENR |= RCC_AHB1ENR_GPIOA;
    RCC_APB1ENR |= RCC_APB1ENR_USART2;
    RCC_APB2ENR |= RCC_APB2ENR_USART1;
    GPIOA_MODER = (GPIOA_MODER & ~0x003C00F0u) | 0x002800A0u;
    GPIOA_AFRL = (GPIOA_AFRL & ~0x0000FF00u) | 0x00007700u;
    GPIOA_AFRH = (GPIOA_AFRH & ~0x00000FF0u) | 0x00000770u;
    GPIOA_PUPDR = (GPIOA_PUPDR & ~0x003C00F0u) | 0x00100040u; /* an unconnected receiver must not hear noise */
}

void start_links(const struct clocks *clocks)
{
    if (!clocks->emulated)
        connect_pins();
    start_port(&ports[VERMILION_BENCH], clocks->bench_hz, BENCH_BAUD);
    start_port(&ports[VERMILION_TELEMETRY], clocks->telemetry_hz, TELEMETRY_BAUD);
}

bool bench_waits(void)
{
    return links[VERMILION_BENCH].received != links[VERMILION_BENCH].taken;
}

uint32_t read_bench(uint8_t *bytes, uint32_t most)
{
    struct buffers *buffers = &links[VERMILION_BENCH];
    uint32_t count = 0u;
    while (count < most && buffers->taken != buffers->received) {
        bytes[count++] = buffers->receive_ring[buffers->taken % RECEIVE_BYTES];
        IN_ORDER();
        buffers->taken++;
    }
    return count;
}

bool write_link(vermilion_link link, const uint8_t *bytes, uint32_t count)
{
    const struct port *port = &ports[link];
    struct buffers *buffers = &links[link];
    const uint32_t written = buffers->written;
    if (count > TRANSMIT_BYTES - (written - buffers->sent))
        return false;
    for (uint32_t place = 0u; place < count; place++)
        buffers->transmit_ring[(written + place) % TRANSMIT_BYTES] = bytes[place];
    IN_ORDER();
    buffers->written = written + count;
    __asm volatile("cpsid i" ::: "memory");
    USART_CR1(port->base) |= USART_CR1_EMPTY_INTERRUPT;
    __asm volatile("cpsie i" ::: "memory");
    /* QEMU 7.2 never raises the transmitter's interrupt by itself. Silicon has it pending already. */
    NVIC_ISPR(port->interrupt) = NVIC_BIT(port->interrupt);
    return true;
}

static void serve(vermilion_link link)
{
    const struct port *port = &ports[link];
    struct buffers *buffers = &links[link];
    uint32_t status = USART_SR(port->base);
    while ((status & (USART_SR_RECEIVED | USART_SR_OVERRUN)) != 0u) {
        const uint8_t byte = (uint8_t)USART_DR(port->base);
        /* What does not fit is lost, and the frame that it belonged to fails its checksum. */
        if (buffers->received - buffers->taken < RECEIVE_BYTES) {
            buffers->receive_ring[buffers->received % RECEIVE_BYTES] = byte;
            buffers->received++;
        }
        status = USART_SR(port->base);
    }
    while ((status & USART_SR_EMPTY) != 0u && buffers->sent != buffers->written) {
        USART_DR(port->base) = buffers->transmit_ring[buffers->sent % TRANSMIT_BYTES];
        buffers->sent++;
        status = USART_SR(port->base);
    }
    if (buffers->sent == buffers->written)
        USART_CR1(port->base) &= ~USART_CR1_EMPTY_INTERRUPT;
}

void bench_interrupt(void)
{
    serve(VERMILION_BENCH);
}

void telemetry_interrupt(void)
{
    serve(VERMILION_TELEMETRY);
    /* Nobody commands the vehicle by this link yet. */
    links[VERMILION_TELEMETRY].taken = links[VERMILION_TELEMETRY].received;
}
