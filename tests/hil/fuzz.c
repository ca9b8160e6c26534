/* Feeds the firmware with frames that are whole, damaged, out of order and made up, and stops where it says anything that
 * is not a whole packet of the dictionary. Built with sanitizers, which stop it where it touches what it must not.
 *
 *     fuzz SEED INPUTS     prints one line: frames accepted, damaged, wrong (accepted, yet not as sent), answered */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arithmetic.h"
#include "firmware.h"
#include "vermilion_flight.h"
#include "vermilion_plans.h"

static uint64_t noise;

/* SplitMix64 (Steele, Lea and Flood 2014). */
static uint32_t chance(uint32_t below)
{
    noise += 0x9e3779b97f4a7c15u;
    uint64_t mixed = noise;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
    mixed ^= mixed >> 31;
    return (uint32_t)(mixed % below);
}

static uint32_t answered;
static uint32_t clock_us;

static uint32_t now(void *context)
{
    (void)context;
    return clock_us += 100;
}

static void fail(const char *what)
{
    fprintf(stderr, "%s\n", what);
    abort();
}

static void check_answer(void *context, vermilion_link link, const uint8_t *bytes, size_t size)
{
    (void)context;
    static vermilion_deframer deframers[2];
    uint8_t record[1024];
    vermilion_header header;
    size_t packet = 0;
    for (size_t place = 0; place < size; place++) {
        packet = vermilion_deframe(&deframers[link], bytes[place]);
    }
    const uint8_t *found = deframers[link].rest;
    if (packet == 0 || deframers[link].frames_damaged != 0) {
        fail("an answer is not one whole frame");
    }
    for (uint32_t kind = 0; kind < VERMILION_PACKETS; kind++) {
        const vermilion_layout *layout = &vermilion_layouts[kind];
        if (layout->apid == vermilion_apid(found)) {
            if (!vermilion_decode(layout, found, packet, &header, record)) {
                fail("an answer is not a packet of the dictionary");
            }
            answered++;
            return;
        }
    }
    fail("an answer of no known kind");
}

/* Any double: often an ordinary one, sometimes any bits at all. */
static double number(void)
{
    union {
        uint64_t bits;
        double number;
    } any;
    switch (chance(4)) {
    case 0:
        any.bits = ((uint64_t)chance(UINT32_MAX) << 32) | chance(UINT32_MAX);
        return any.number;
    case 1:
        return 0.0;
    case 2:
        return (double)chance(2000000) * 10.0 - 1000.0; /* pressures and positions */
    default:
        return (double)chance(20000) / 100.0 - 50.0;
    }
}

static Sensors sensors(int32_t step)
{
    Sensors values;
    memset(&values, 0, sizeof values);
    for (uint32_t place = 0; place < vermilion_sensors_layout.count; place++) {
        const vermilion_field *field = &vermilion_sensors_layout.fields[place];
        uint8_t *value = (uint8_t *)&values + field->offset;
        if (field->value == VERMILION_DOUBLE_VALUE) {
            *(double *)value = number();
        } else if (field->value == VERMILION_BOOL_VALUE) {
            *(bool *)value = chance(2) == 0;
        } else {
            *(int32_t *)value = (int32_t)chance(300);
        }
    }
    values.step = chance(2000) == 0 ? (int32_t)chance(INT32_MAX) : step;
    return values;
}

/* A packet that a bench sends; gives its size. */
static size_t message(uint8_t *packet, int32_t *step)
{
    const vermilion_header header = {.sequence = (uint16_t)chance(65535), .ticks = chance(UINT32_MAX), .boot_id = 1};
    uint32_t saturated = 0;
    if (chance(3000) == 0 || *step < 0) {
        vermilion_packet_start start = {.boot_id = (int32_t)chance(65536), .reset_cause = (int32_t)chance(6)};
        const char *name = chance(4) == 0 ? "nowhere" : vermilion_plans[chance(vermilion_plan_count)].name;
        (void)snprintf(start.plan, sizeof start.plan, "%s", name);
        *step = 0;
        return vermilion_encode(&vermilion_layouts[VERMILION_PACKET_START], &header, &start, packet, &saturated);
    }
    if (chance(400) == 0) {
        const vermilion_packet_end_of_stream end = {.reason = (int32_t)chance(300)};
        return vermilion_encode(&vermilion_layouts[VERMILION_PACKET_END_OF_STREAM], &header, &end, packet, &saturated);
    }
    if (chance(400) == 0) {
        vermilion_packet_identity identity;
        memset(&identity, 'x', sizeof identity);
        identity.time_rate = 1.0;
        return vermilion_encode(&vermilion_layouts[VERMILION_PACKET_IDENTITY], &header, &identity, packet, &saturated);
    }
    if (chance(400) == 0) {
        const size_t size = chance(VERMILION_MAX_PACKET) + 1u;
        for (size_t place = 0; place < size; place++) {
            packet[place] = (uint8_t)chance(256);
        }
        return size;
    }
    *step += chance(8) == 0 ? (int32_t)chance(5) - 2 : chance(50) == 0 ? (int32_t)chance(500) : 1;
    const Sensors values = sensors(*step);
    *step = values.step;
    return vermilion_encode(&vermilion_sensors_layout, &header, &values, packet, &saturated);
}

/* Damages a frame in one of four ways; gives its new size. */
static size_t damage(uint8_t *frame, size_t size)
{
    const size_t place = chance((uint32_t)size);
    switch (chance(4)) {
    case 0:
        frame[place] ^= (uint8_t)(1u << chance(8));
        return size;
    case 1:
        frame[place] = (uint8_t)chance(256);
        frame[chance((uint32_t)size)] = (uint8_t)chance(256);
        return size;
    case 2:
        memmove(frame + place, frame + place + 1, size - place - 1);
        return size - 1;
    default:
        memmove(frame + place + 1, frame + place, size - place);
        frame[place] = (uint8_t)chance(256);
        return size + 1;
    }
}

static double power_of_two(int32_t power)
{
    double number = 1.0;
    for (; power < 0; power++) {
        number /= 2.0;
    }
    return number;
}

/* Every type of field, there and back. */
static void check_all_types(void)
{
    typedef struct {
        double f32, f64;
        int32_t u8, u16, i8, i16, i32, word;
        uint32_t u32;
        bool yes;
        char text[6];
    } record;
    static const vermilion_field fields[] = {
        {VERMILION_F32, VERMILION_DOUBLE_VALUE, offsetof(record, f32), 0},
        {VERMILION_F64, VERMILION_DOUBLE_VALUE, offsetof(record, f64), 0},
        {VERMILION_U8, VERMILION_INT_VALUE, offsetof(record, u8), 0},
        {VERMILION_U16, VERMILION_INT_VALUE, offsetof(record, u16), 0},
        {VERMILION_I8, VERMILION_INT_VALUE, offsetof(record, i8), 0},
        {VERMILION_I16, VERMILION_INT_VALUE, offsetof(record, i16), 0},
        {VERMILION_I32, VERMILION_INT_VALUE, offsetof(record, i32), 0},
        {VERMILION_U32, VERMILION_INT_VALUE, offsetof(record, word), 0},
        {VERMILION_U32, VERMILION_WORD_VALUE, offsetof(record, u32), 0},
        {VERMILION_BOOL, VERMILION_BOOL_VALUE, offsetof(record, yes), 0},
        {VERMILION_U8, VERMILION_BOOL_VALUE, offsetof(record, yes), 0},
        {VERMILION_TEXT, VERMILION_TEXT_VALUE, offsetof(record, text), 5},
    };
    static const vermilion_layout layout = {9, 14 + 1 + 5 + 9 + 2 + 3 + 2 + 3 + 5 + 5 + 5 + 1 + 2 + 7, 12, fields};
    const vermilion_header header = {.sequence = 1, .ticks = 2, .boot_id = 3};
    record there = {number(), number(), (int32_t)chance(1000) - 300, (int32_t)chance(100000) - 9000,
                    (int32_t)chance(1000) - 500, (int32_t)chance(100000) - 50000, -1, (int32_t)chance(9) - 4,
                    chance(UINT32_MAX), true, "text"};
    record here;
    vermilion_header read;
    uint8_t packet[VERMILION_MAX_PACKET];
    uint32_t saturated = 0;
    const size_t size = vermilion_encode(&layout, &header, &there, packet, &saturated);
    if (size != layout.size || !vermilion_decode(&layout, packet, size, &read, &here) || here.i32 != -1 ||
        here.u32 != there.u32 || strcmp(here.text, "text") != 0 || read.ticks != 2) {
        fail("a packet of all types is not read as it was written");
    }
    const double tiny = vermilion_square_root(power_of_two(-1060));
    if (vermilion_square_root(there.f64) < 0.0 || tiny != power_of_two(-530) ||
        vermilion_enframe(packet, 0, packet) != 0 || vermilion_modulo(-7, 3) != 2 || vermilion_floor_divide(-7, 3) != -3) {
        fail("arithmetic");
    }
}

int main(int count, char **arguments)
{
    static const vermilion_board board = {.now = now, .write = check_answer, .name = "a name of 15 byé",
                                          .software = "fuzz"};
    static vermilion_firmware firmware;
    uint8_t packet[VERMILION_MAX_PACKET], last[VERMILION_MAX_PACKET], sent[VERMILION_MAX_FRAME + 4];
    size_t last_size = 0;
    uint32_t wrong = 0, accepted = 0, damaged = 0;
    int32_t step = 0;
    if (count != 3) {
        return 2;
    }
    noise = strtoull(arguments[1], NULL, 10);
    const unsigned long inputs = strtoul(arguments[2], NULL, 10);
    vermilion_boot(&firmware, &board, false);
    for (unsigned long input = 0; input < inputs; input++) {
        size_t size = message(packet, &step);
        if (chance(50) == 0 && size > 2 && size < VERMILION_MAX_PACKET) {
            size = damage(packet, size); /* with a right CRC */
        }
        size_t length = vermilion_enframe(packet, size, sent);
        const bool whole = chance(2) == 0;
        for (uint32_t times = whole ? 0 : 1 + chance(3); times > 0; times--) {
            length = damage(sent, length);
        }
        for (size_t place = 0; place < length; place++) {
            const uint32_t before = firmware.deframer.frames;
            vermilion_receive(&firmware, sent + place, 1);
            /* Damage may join a frame's end to the next frame's beginning: then the one before ends only now. */
            if (firmware.deframer.frames != before && memcmp(firmware.deframer.rest, packet, size) != 0 &&
                memcmp(firmware.deframer.rest, last, last_size) != 0) {
                wrong++;
            }
        }
        memcpy(last, packet, size);
        last_size = size;
        if (chance(2000) == 0) {
            check_all_types();
            accepted += firmware.deframer.frames;
            damaged += firmware.deframer.frames_damaged;
            for (uint32_t upsets = chance(3); upsets > 0; upsets--) {
                ((uint8_t *)firmware.kept)[chance(sizeof firmware.kept)] ^= (uint8_t)(1u << chance(8));
            }
            vermilion_boot(&firmware, &board, chance(4) != 0);
        }
        if (chance(100000) == 0) {
            for (uint32_t place = 0; place < 300; place++) {
                const uint8_t babble = (uint8_t)(1 + chance(255));
                vermilion_receive(&firmware, &babble, 1);
            }
        }
    }
    accepted += firmware.deframer.frames;
    damaged += firmware.deframer.frames_damaged;
    printf("%u %u %u %u\n", accepted, damaged, wrong, answered);
    return 0;
}
