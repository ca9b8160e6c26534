/* The firmware as a shared library: one call a chunk, and the answers wait in buffers of the caller's. */
#include "firmware.h"

#ifdef _WIN32
#define EXPORTED __declspec(dllexport)
#else
#define EXPORTED __attribute__((visibility("default")))
#endif

enum { ANSWERS = 65536 }; /* bytes for each link between two calls; what does not fit is dropped and counted */

typedef struct {
    uint8_t bytes[ANSWERS];
    uint32_t size;
    uint32_t dropped; /* frames */
} answers;

/* What the caller gives memory for. */
typedef struct {
    answers link[2];
    vermilion_board board;
    vermilion_firmware firmware;
} vermilion_native;

static void write_answer(void *context, vermilion_link link, const uint8_t *bytes, size_t size)
{
    vermilion_native *native = context;
    answers *to = &native->link[link];
    if (to->size + size > ANSWERS) {
        to->dropped++;
        return;
    }
    for (size_t place = 0; place < size; place++) {
        to->bytes[to->size++] = bytes[place];
    }
}

/* Bytes of memory, zeroed and aligned for doubles, that the other functions want. */
EXPORTED size_t vermilion_native_size(void);
size_t vermilion_native_size(void)
{
    return sizeof(vermilion_native);
}

/* Power on, or a reset that leaves the memory. */
EXPORTED void vermilion_native_boot(vermilion_native *native, uint8_t reset_cause, bool memory_kept);
void vermilion_native_boot(vermilion_native *native, uint8_t reset_cause, bool memory_kept)
{
    native->link[VERMILION_BENCH].size = 0;
    native->link[VERMILION_TELEMETRY].size = 0;
    native->board = (vermilion_board){
        .context = native,
        .write = write_answer,
        .name = "native",
        .software = VERMILION_SOFTWARE,
        .reset_cause = reset_cause,
    };
    vermilion_boot(&native->firmware, &native->board, memory_kept);
}

/* Bytes in; the answers of the call before are forgotten. */
EXPORTED void vermilion_native_receive(vermilion_native *native, const uint8_t *bytes, size_t size);
void vermilion_native_receive(vermilion_native *native, const uint8_t *bytes, size_t size)
{
    native->link[VERMILION_BENCH].size = 0;
    native->link[VERMILION_TELEMETRY].size = 0;
    vermilion_receive(&native->firmware, bytes, size);
}

/* What a link has been sent since the last call, and how much. */
EXPORTED const uint8_t *vermilion_native_answer(const vermilion_native *native, int32_t link, uint32_t *size);
const uint8_t *vermilion_native_answer(const vermilion_native *native, int32_t link, uint32_t *size)
{
    *size = native->link[link].size;
    return native->link[link].bytes;
}

/* The last whole second's step, and the CRC of the state after it. */
EXPORTED uint32_t vermilion_native_state(const vermilion_native *native, uint32_t *step);
uint32_t vermilion_native_state(const vermilion_native *native, uint32_t *step)
{
    *step = native->firmware.state_step;
    return native->firmware.state_crc;
}

/* Counts of frames: whole, damaged; and of packets ignored. */
EXPORTED void vermilion_native_counts(const vermilion_native *native, uint32_t counts[3]);
void vermilion_native_counts(const vermilion_native *native, uint32_t counts[3])
{
    counts[0] = native->firmware.deframer.frames;
    counts[1] = native->firmware.deframer.frames_damaged;
    counts[2] = native->firmware.packets_ignored;
}

/* The firmware's memory, all of it, for a bench that upsets it. */
EXPORTED uint8_t *vermilion_native_memory(vermilion_native *native, uint32_t *size);
uint8_t *vermilion_native_memory(vermilion_native *native, uint32_t *size)
{
    *size = sizeof native->firmware;
    return (uint8_t *)&native->firmware;
}
