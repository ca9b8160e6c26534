/* The onboard computer on an STM32F4: who it says it is, and its loop. */

#include "board.h"
#include "registers.h"

#ifndef VERMILION_BUILD /* first 32 bits of the sources' hash, and the text that identity gives; the build sets both */
#define VERMILION_BUILD 0u
#define VERMILION_SOFTWARE "vermilion"
#endif

#define NAME_SIZE 17u
#define CHUNK_BYTES 256u
#define MEMORY_MARK (VERMILION_BUILD ^ 0x6B657074u)

/* What outlives a reset is told from chance, and from another build's memory, by the build's number. */
static vermilion_firmware firmware __attribute__((section(".noinit")));
static uint32_t memory_of_build __attribute__((section(".noinit")));

/* Where debuggers and emulators find what is measured: the last whole second's step, the CRC of the state after it, the
 * longest step so far, and how many frames came whole and damaged. */
__attribute__((section(".debugger"), used)) const uint32_t *const measured[] = {
    &firmware.state_step, &firmware.state_crc, &firmware.worst_step_us, &firmware.deframer.frames,
    &firmware.deframer.frames_damaged};

static uint32_t now(void *context)
{
    (void)context;
    return microseconds();
}

static void send(void *context, vermilion_link link, const uint8_t *bytes, size_t size)
{
    (void)context;
    (void)write_link(link, bytes, (uint32_t)size);
}

static uint8_t reset_cause(const struct clocks *clocks, bool memory_kept)
{
    if (fault_record.fresh != 0u) {
        fault_record.fresh = 0u;
        return VERMILION_RESET_CAUSE_FAULT;
    }
    /* Emulators do not say. That memory was kept is all there is to go by. */
    if (clocks->emulated)
        return memory_kept ? VERMILION_RESET_CAUSE_PIN : VERMILION_RESET_CAUSE_POWER_ON;
    const uint32_t flags = RCC_CSR;
    RCC_CSR |= RCC_CSR_REMOVE;
    if ((flags & (RCC_CSR_INDEPENDENT_WATCHDOG | RCC_CSR_WINDOW_WATCHDOG)) != 0u)
        return VERMILION_RESET_CAUSE_WATCHDOG;
    if ((flags & RCC_CSR_SOFTWARE) != 0u)
        return VERMILION_RESET_CAUSE_SOFTWARE;
    /* Power-on raises the brown-out flag too. */
    if ((flags & RCC_CSR_POWER_ON) != 0u)
        return VERMILION_RESET_CAUSE_POWER_ON;
    if ((flags & RCC_CSR_BROWN_OUT) != 0u)
        return VERMILION_RESET_CAUSE_BROWN_OUT;
    return VERMILION_RESET_CAUSE_PIN;
}

/* "stm32f4-" and eight digits of the chip's unique number; what is wrong with the computer where it must not fly. */
static void write_name(char *name, const struct clocks *clocks)
{
    static const char emulated[NAME_SIZE] = "stm32f4-emulated", faulty[NAME_SIZE] = "arithmetic fault";
    const char *text = arithmetic_is_right() ? emulated : faulty;
    for (uint32_t place = 0u; place < NAME_SIZE; place++)
        name[place] = text[place];
    if (clocks->emulated || text == faulty)
        return;
    uint8_t unique[12];
    for (uint32_t place = 0u; place < sizeof unique; place++)
        unique[place] = (uint8_t)(UNIQUE_ID(place / 4u) >> (8u * (place % 4u)));
    const uint32_t number = vermilion_crc32(0u, unique, sizeof unique);
    for (uint32_t digit = 0u; digit < 8u; digit++)
        name[8u + digit] = "0123456789abcdef"[(number >> (28u - 4u * digit)) & 15u];
}

int main(void)
{
    static char name[NAME_SIZE];
    static vermilion_board board;
    static uint8_t chunk[CHUNK_BYTES];

    const struct clocks clocks = start_clocks();
    start_timer(&clocks);
    const bool marked = memory_of_build == MEMORY_MARK;
    const uint8_t cause = reset_cause(&clocks, marked);
    const bool kept = marked && cause != VERMILION_RESET_CAUSE_POWER_ON && cause != VERMILION_RESET_CAUSE_BROWN_OUT;
    memory_of_build = MEMORY_MARK;

    write_name(name, &clocks);
    board.now = now;
    board.write = send;
    board.name = name;
    board.software = VERMILION_SOFTWARE;
    board.boot_id = kept && firmware.boot_id != 0u ? (uint16_t)(firmware.boot_id % 65535u + 1u) : 0u;
    board.reset_cause = cause;
    start_links(&clocks);
    start_watchdog(&clocks);
    vermilion_boot(&firmware, &board, kept);

    for (;;) {
        feed_watchdog();
        const uint32_t count = read_bench(chunk, CHUNK_BYTES);
        vermilion_receive(&firmware, chunk, count);
        /* Asleep until the next interrupt; one that comes between the look and the sleep ends it at once. */
        __asm volatile("cpsid i" ::: "memory");
        if (!bench_waits())
            __asm volatile("wfi" ::: "memory");
        __asm volatile("cpsie i" ::: "memory");
    }
}
