/* From reset to main, the vector table, and what is kept of a crash. */

#include "board.h"
#include "registers.h"

#define FAULT_RECORD_VALID 0xFA17C0DEu
#define INTERRUPTS 82

extern uint32_t stack_top, data_image, data_start, data_end, bss_start, bss_end;

void Reset_Handler(void);
void Fault_Handler(void);
void start_program(void);
void keep_fault(const uint32_t *frame);

/* Survives the reset that it causes. Debuggers and the bench's emulators read it by its name. */
struct fault_record fault_record __attribute__((section(".noinit")));

/* Interrupts take the stack; before the first use of a floating-point register the unit must be switched on. */
__attribute__((naked, used)) void Reset_Handler(void)
{
    __asm volatile("ldr r0, =0xE000ED88\n"
                   "ldr r1, [r0]\n"
                   "orr r1, r1, #0xF00000\n"
                   "str r1, [r0]\n"
                   "dsb\n"
                   "isb\n"
                   "b start_program\n");
}

__attribute__((used)) void start_program(void)
{
    const volatile uint32_t *from = &data_image;
    for (volatile uint32_t *to = &data_start; to < &data_end; to++)
        *to = *from++;
    for (volatile uint32_t *to = &bss_start; to < &bss_end; to++)
        *to = 0u;
    if (fault_record.valid != FAULT_RECORD_VALID)
        fault_record = (struct fault_record){.valid = FAULT_RECORD_VALID};
    (void)main();
    reset_board();
}

/* Every fault and every interrupt that nobody asked for ends here. The handler gets a stack of its own: the one that it
 * came from may be the fault. */
__attribute__((naked, used)) void Fault_Handler(void)
{
    __asm volatile("mov r0, sp\n"
                   "ldr r1, =stack_top\n"
                   "mov sp, r1\n"
                   "b keep_fault\n");
}

/* `frame` is what the processor stacked: r0 to r3, r12, lr, pc, xPSR. */
__attribute__((used)) void keep_fault(const uint32_t *frame)
{
    uintptr_t place = (uintptr_t)frame;
    fault_record.fresh = 1u;
    fault_record.count++;
    fault_record.status = SCB_CFSR;
    fault_record.program_counter = 0u;
    fault_record.link_register = 0u;
    if (place >= (uintptr_t)&data_start && place + 32u <= (uintptr_t)&stack_top) {
        fault_record.link_register = frame[5];
        fault_record.program_counter = frame[6];
    }
    reset_board();
}

void reset_board(void)
{
    SCB_AIRCR = SCB_AIRCR_RESET;
    for (;;) {
    }
}

struct vector_table {
    uint32_t *stack;
    void (*exceptions[15])(void);
    void (*interrupts[INTERRUPTS])(void);
};

#define FOUR(handler) handler, handler, handler, handler
#define SIXTEEN(handler) FOUR(handler), FOUR(handler), FOUR(handler), FOUR(handler)

__attribute__((section(".vectors"), used)) const struct vector_table vectors = {
        .stack = &stack_top,
        .exceptions = {Reset_Handler, Fault_Handler, Fault_Handler, Fault_Handler, Fault_Handler, Fault_Handler, 0, 0, 0, 0,
                   Fault_Handler, Fault_Handler, 0, Fault_Handler, tick},
        /* 0 to 15; 16 to 31; 32 to 47; 48 to 63; 64 to 81 */
        .interrupts = {SIXTEEN(Fault_Handler),
                   from_bench_interrupt, to_bench_interrupt, Fault_Handler, Fault_Handler, FOUR(Fault_Handler),
                   FOUR(Fault_Handler), FOUR(Fault_Handler),
                   FOUR(Fault_Handler), Fault_Handler, telemetry_interrupt, bench_interrupt, Fault_Handler,
                   FOUR(Fault_Handler), FOUR(Fault_Handler),
                   SIXTEEN(Fault_Handler),
                   FOUR(Fault_Handler), Fault_Handler, Fault_Handler, to_telemetry_interrupt, Fault_Handler,
                   FOUR(Fault_Handler), FOUR(Fault_Handler), Fault_Handler, Fault_Handler},
};
