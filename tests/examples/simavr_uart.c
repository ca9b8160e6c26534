/* Runs an AVR program in simavr, as fast as it goes, for so many seconds of the AVR's own time at most, and writes what
 * leaves its first UART to standard output, byte for byte: simavr's own program shows text alone.
 *
 *     simavr_uart PROGRAM.elf MCU FREQUENCY SECONDS */
#include <inttypes.h>
#include <simavr/avr_uart.h>
#include <simavr/sim_avr.h>
#include <simavr/sim_elf.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void transmitted(struct avr_irq_t *irq, uint32_t value, void *unused)
{
    (void)irq;
    (void)unused;
    if (putchar((int)(value & 0xff)) == EOF) {
        exit(0); /* nobody reads any more */
    }
}

/* simavr says what it loads, also on standard output. */
static void be_silent(avr_t *avr, const int level, const char *format, va_list values)
{
    (void)avr;
    if (level <= LOG_ERROR) {
        vfprintf(stderr, format, values);
    }
}

static void no_pause(avr_t *avr, avr_cycle_count_t cycles)
{
    (void)avr;
    (void)cycles;
}

int main(int count, char **arguments)
{
    if (count != 5) {
        fprintf(stderr, "usage: simavr_uart PROGRAM.elf MCU FREQUENCY SECONDS\n");
        return 2;
    }
    setvbuf(stdout, NULL, _IONBF, 0); /* a UART keeps nothing back */
    avr_global_logger_set(be_silent);
    elf_firmware_t program;
    memset(&program, 0, sizeof program);
    avr_t *avr = avr_make_mcu_by_name(arguments[2]);
    if (avr == NULL || elf_read_firmware(arguments[1], &program) != 0) {
        fprintf(stderr, "simavr_uart: cannot load %s for %s\n", arguments[1], arguments[2]);
        return 2;
    }
    avr_init(avr);
    program.frequency = (uint32_t)atol(arguments[3]);
    avr_load_firmware(avr, &program);
    avr->sleep = no_pause;
    uint32_t flags = 0;
    avr_ioctl(avr, AVR_IOCTL_UART_GET_FLAGS('0'), &flags);
    flags &= ~(uint32_t)(AVR_UART_FLAG_STDIO | AVR_UART_FLAG_POLL_SLEEP);
    avr_ioctl(avr, AVR_IOCTL_UART_SET_FLAGS('0'), &flags);
    avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_OUTPUT), transmitted, NULL);
    const avr_cycle_count_t last = (avr_cycle_count_t)(atof(arguments[4]) * program.frequency);
    while (avr->cycle < last) {
        const int state = avr_run(avr);
        if (state == cpu_Crashed || state == cpu_Done) {
            fprintf(stderr, "simavr_uart: the program has %s\n", state == cpu_Done ? "ended" : "crashed");
            return state == cpu_Crashed;
        }
    }
    return 0;
}
