/* The parts of the STM32F4 port. One image for the whole family and for the emulators that model little of it. */
#ifndef VERMILION_STM32F4_BOARD_H
#define VERMILION_STM32F4_BOARD_H

#include <stdbool.h>
#include <stdint.h>

#include "firmware.h"

/* startup.c */

/* What is kept of crashes; `fresh` from the crash until the next start has read it. */
struct fault_record {
    uint32_t valid;
    uint32_t fresh;
    uint32_t count;
    uint32_t program_counter;
    uint32_t link_register;
    uint32_t status; /* the configurable fault status register */
};

extern struct fault_record fault_record;
__attribute__((noreturn)) void reset_board(void);
int main(void);

/* clock.c */

struct clocks {
    bool emulated; /* an emulator without a clock controller */
    uint32_t core_hz;
    uint32_t bench_hz;     /* of the bus of USART2 */
    uint32_t telemetry_hz; /* of the bus of USART1 */
};

/* 84 MHz from the internal oscillator, so that no crystal is assumed; 16 MHz where that fails. */
struct clocks start_clocks(void);
/* From here on `microseconds` counts. */
void start_timer(const struct clocks *clocks);
uint32_t microseconds(void);
/* Wakes the processor ten times a second and has it feed the watchdog, which resets a computer that hangs for a second.
 * Emulators have no watchdog. */
void start_watchdog(const struct clocks *clocks);
void feed_watchdog(void);
void tick(void);

/* uart.c */

void start_links(const struct clocks *clocks);
/* Bytes received on the bench's link, at most `most`; without waiting. */
uint32_t read_bench(uint8_t *bytes, uint32_t most);
bool bench_waits(void);
/* All of it or, where it does not fit the buffer, nothing: half a frame helps nobody. */
bool write_link(vermilion_link link, const uint8_t *bytes, uint32_t count);
/* The transfer that `send_by_dma` began is over. */
void bytes_sent(vermilion_link link);
void bench_interrupt(void);
void telemetry_interrupt(void);

/* dma.c */

/* False where there is no controller. */
bool start_dma(void);
/* From here on what the bench says lands in the ring, round and round. */
void receive_by_dma(uint8_t *ring, uint32_t size);
/* Where in the ring the next byte will land; its size where that is its beginning. */
uint32_t received_by_dma(void);
/* One transfer at a time for each link; its end is told to `bytes_sent`. */
void send_by_dma(vermilion_link link, const uint8_t *bytes, uint32_t count);
void to_bench_interrupt(void);
void to_telemetry_interrupt(void);
void from_bench_interrupt(void);

/* arithmetic.c */

/* Whether double addition and subtraction round correctly, tried on the cases where a compiler's library is known
 * not to. */
bool arithmetic_is_right(void);

#endif
