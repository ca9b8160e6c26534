#include "frame.h"

static const uint32_t residue = 0x2144df1cu; /* the CRC of any message followed by its own CRC */

/* CRC-32 of each value of four bits, reflected polynomial 0xedb88320. */
static const uint32_t of_nibble[16] = {
    0x00000000u, 0x1db71064u, 0x3b6e20c8u, 0x26d930acu, 0x76dc4190u, 0x6b6b51f4u, 0x4db26158u, 0x5005713cu,
    0xedb88320u, 0xf00f9344u, 0xd6d6a3e8u, 0xcb61b38cu, 0x9b64c2b0u, 0x86d3d2d4u, 0xa00ae278u, 0xbdbdf21cu,
};

uint32_t vermilion_crc32(uint32_t crc, const uint8_t *bytes, size_t size)
{
    crc = ~crc;
    for (size_t place = 0; place < size; place++) {
        crc ^= bytes[place];
        crc = (crc >> 4) ^ of_nibble[crc & 15u];
        crc = (crc >> 4) ^ of_nibble[crc & 15u];
    }
    return ~crc;
}

/* Undoes COBS in place: the result never overtakes what it is made from. There is no delimiter in `bytes`. False where a
 * group reaches beyond the end. */
static bool cobs_decode(uint8_t *bytes, size_t size, size_t *decoded)
{
    size_t from = 0;
    size_t to = 0;
    while (from < size) {
        const size_t group = bytes[from];
        const size_t next = from + group;
        if (next > size) {
            return false;
        }
        for (from++; from < next; from++) {
            bytes[to++] = bytes[from];
        }
        if (next < size && group < 255) {
            bytes[to++] = 0;
        }
    }
    *decoded = to;
    return true;
}

static void discard(vermilion_deframer *deframer, size_t size)
{
    deframer->frames_damaged++;
    deframer->bytes_discarded += (uint32_t)size;
}

size_t vermilion_deframe(vermilion_deframer *deframer, uint8_t byte)
{
    if (byte != 0) {
        if (deframer->overlong) {
            deframer->bytes_discarded++;
        } else if (deframer->pending == VERMILION_MAX_ENCODED) {
            deframer->bytes_discarded += VERMILION_MAX_ENCODED + 1u;
            deframer->overlong = true;
        } else {
            deframer->rest[deframer->pending++] = byte;
        }
        return 0;
    }
    const size_t size = deframer->pending;
    deframer->pending = 0;
    if (deframer->overlong) {
        deframer->overlong = false;
        deframer->frames_damaged++;
        return 0;
    }
    if (size == 0) {
        return 0;
    }
    size_t decoded = 0;
    if (!cobs_decode(deframer->rest, size, &decoded) || decoded <= 4 ||
        vermilion_crc32(0, deframer->rest, decoded) != residue) {
        discard(deframer, size);
        return 0;
    }
    deframer->frames++;
    return decoded - 4;
}

size_t vermilion_enframe(const uint8_t *packet, size_t size, uint8_t *frame)
{
    if (size == 0 || size > VERMILION_MAX_PACKET) {
        return 0;
    }
    const uint32_t crc = vermilion_crc32(0, packet, size);
    size_t code = 1; /* where the present group's length goes */
    size_t to = 2;
    frame[0] = 0;
    for (size_t place = 0; place < size + 4; place++) {
        const uint8_t byte = (uint8_t)(place < size ? packet[place] : crc >> (8 * (place - size)));
        if (byte == 0) {
            frame[code] = (uint8_t)(to - code);
            code = to++;
        } else {
            frame[to++] = byte;
        }
    }
    frame[code] = (uint8_t)(to - code);
    frame[to++] = 0;
    return to;
}
