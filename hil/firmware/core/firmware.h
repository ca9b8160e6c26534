/* The onboard computer as a board runs it: bytes in, bytes out. This header is the manual.
 *
 * A port does four things: it puts one `vermilion_firmware` into memory that it chooses, fills in a `vermilion_board`,
 * calls `vermilion_boot` once, and then `vermilion_receive` with whatever the bench's line has brought, in any chunking:
 *
 *     static vermilion_firmware firmware;
 *     static const vermilion_board board = {.now = read_timer, .write = send, .name = "my-board", .software = "build 7"};
 *
 *     vermilion_boot(&firmware, &board, false);
 *     for (;;) vermilion_receive(&firmware, buffer, read_line(buffer));
 *
 * What comes in and what goes out (packets of flight/wire/dictionary.toml, framed; anything else is counted and ignored):
 *
 *     identity       the bench introduces itself: answered by our identity
 *     start          the computer is zeroed and starts at step 0 with the named plan: answered by our identity, which
 *                    names the plan; it names none where there is no such plan here, and then nothing flies
 *     sensors        one control step: answered by the telemetry that fell due, then by `actuators`, always the last.
 *                    The last step's sensors again: only `actuators` is sent again. An older step is ignored, so is any
 *                    before the start
 *     end_of_stream  answered by our own, with the reason given and the packets sent since the start
 *
 * The identities that answer, and the one of the boot, stand outside the telemetry: sequence count and time are 0 and no
 * count of ours moves. Telemetry is byte for byte that of flight/onboard.py's PythonComputer.
 *
 * No libc and no allocation. A compiler may call memcpy and memset, which a port without libc must have.
 * One firmware is not for two threads; call it from the main loop, not from an interrupt. */
#ifndef VERMILION_FIRMWARE_H
#define VERMILION_FIRMWARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flight_computer.h"
#include "frame.h"
#include "packet.h"
#include "vermilion_dictionary.h"
#include "vermilion_flight.h"

enum {
    VERMILION_STEPS_PER_SECOND = 100,
    VERMILION_LAST_STEP = 0x40000000, /* control steps end here, 124 days after the start: counts stay in 32 bits */
};

/* Where a frame goes. Telemetry goes to both, to the bench first; all else to the bench alone. A port
 * with one line drops what is for VERMILION_TELEMETRY. */
typedef enum { VERMILION_BENCH, VERMILION_TELEMETRY } vermilion_link;

/* What the port gives. Texts are UTF-8; it must outlive the firmware. */
typedef struct {
    void *context; /* handed back to `now` and `write` */
    uint32_t (*now)(void *context); /* microseconds, free running, may wrap; only to time the steps; NULL where none is */
    void (*write)(void *context, vermilion_link link, const uint8_t *bytes, size_t size); /* one whole frame; takes all */
    const char *name;     /* at most 16 bytes; with a unique id, e.g. stm32f4-1a2b3c4d */
    const char *software; /* at most 24 bytes; the build */
    uint16_t boot_id;     /* of this boot; 0 where none is kept: then the start message's */
    uint8_t reset_cause;  /* VERMILION_RESET_CAUSE_...; the start message's wins when it is not 0 */
} vermilion_board;

/* What a flight goes on with after a reset; the plan's numbers are in the table of plans. */
typedef struct {
    vermilion_state state;
    double time_rate;
    uint32_t plan;  /* place in the table of plans */
    uint32_t order; /* the higher one of two is the newer; 0 is none */
    uint32_t boot_id;
} vermilion_keepsake;

/* The same, sealed by a hash of its words. */
typedef struct {
    union {
        vermilion_keepsake keepsake;
        uint32_t words[sizeof(vermilion_keepsake) / sizeof(uint32_t)];
    };
    uint32_t seal;
} vermilion_kept;

/* Everything that the firmware knows. Its fields may be read, e.g. by a debugger; nobody else writes to them. */
typedef struct {
    const vermilion_board *board;
    Computer computer;
    Sensors sensors; /* of the last step */
    vermilion_deframer deframer;
    vermilion_packet_identity identity;
    bool flying;                          /* started, with a plan that is known */
    bool stepped;                         /* at least one step since the start */
    uint16_t boot_id;
    uint16_t sequence[VERMILION_PACKETS]; /* next count of each packet kind, in the dictionary's order */
    uint32_t plan;                        /* place in the table of plans */
    uint32_t sent;                        /* telemetry packets since the start or, after a reset, since then */
    uint32_t saturated;                   /* values that did not fit their wire type, counted likewise */
    uint32_t packets_ignored;             /* whole packets that are none of ours, or came at the wrong time */
    uint32_t plan_crc;                    /* vermilion_plan_crc of its numbers */
    uint32_t state_step, state_crc;       /* the last step that is a whole second, and its vermilion_state_crc */
    uint32_t step_us, worst_step_us;      /* time from the sensors' last byte to the last write */
    uint32_t order;                       /* of the newest of the kept */
    vermilion_kept kept[2];
} vermilion_firmware;

/* Begins, and sends the identity to the bench. `memory_kept` says that the struct is still what the last boot left (no
 * power was lost): where it was flying, the newest state with a whole seal flies on at the next sensors, without a new
 * start; identity then names its plan. Otherwise all is zeroed. */
void vermilion_boot(vermilion_firmware *firmware, const vermilion_board *board, bool memory_kept);

/* Takes bytes from the bench's line, any number, and answers each packet that ends within them before it returns. */
void vermilion_receive(vermilion_firmware *firmware, const uint8_t *bytes, size_t size);

#endif
