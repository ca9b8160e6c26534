/* Frames: 00 COBS( packet, CRC-32 ) 00, as flight/wire/frame.py states them. Freestanding C11, no memory of its own.
 *
 * CRC-32 as in zlib and Ethernet, little-endian behind the packet. COBS: Cheshire & Baker, "Consistent Overhead Byte
 * Stuffing", IEEE/ACM Transactions on Networking 7(2), 1999. */
#ifndef VERMILION_FRAME_H
#define VERMILION_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    VERMILION_MAX_PACKET = 246,  /* bytes of the longest packet */
    VERMILION_MAX_ENCODED = 251, /* bytes between two delimiters at most */
    VERMILION_MAX_FRAME = 253,   /* bytes of the longest frame, both delimiters included */
};

/* What one link has brought so far. All zeros is the beginning. What is thrown away is counted; the counts do not
 * depend on how the bytes were cut into chunks. */
typedef struct {
    uint8_t rest[VERMILION_MAX_ENCODED]; /* of the frame that has begun and not ended; decoded in place at its end */
    uint16_t pending;                    /* bytes in `rest` */
    bool overlong;                       /* more came than any frame has: discarded up to the next delimiter */
    uint32_t frames;                     /* whole frames with a right CRC */
    uint32_t frames_damaged;             /* COBS or CRC wrong, or overlong */
    uint32_t bytes_discarded;            /* of damaged frames, without delimiters */
} vermilion_deframer;

/* Continues a CRC-32 over more bytes; it begins with 0. */
uint32_t vermilion_crc32(uint32_t crc, const uint8_t *bytes, size_t size);

/* Takes one byte in. Gives the size of the packet that ends with it, CRC checked and removed, which stands in
 * `deframer->rest` until the next call; 0 where none does. Never fails. */
size_t vermilion_deframe(vermilion_deframer *deframer, uint8_t byte);

/* Writes one frame with both delimiters, at most VERMILION_MAX_FRAME bytes; gives its size. 0, and nothing is written,
 * for a packet that no frame can hold: empty or longer than VERMILION_MAX_PACKET. */
size_t vermilion_enframe(const uint8_t *packet, size_t size, uint8_t *frame);

#endif
