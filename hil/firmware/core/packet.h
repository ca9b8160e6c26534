/* Packets: CCSDS space packets (133.0-B-2) whose user data is one msgpack array of fixed-width elements, as
 * flight/wire/packet.py states them. Freestanding C11, no memory of its own.
 *
 * A packet kind is a table of its fields: the type on the wire, and where in a C record its value stands. The generated
 * vermilion_dictionary.h has one record and one such table for each packet of the dictionary. */
#ifndef VERMILION_PACKET_H
#define VERMILION_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { VERMILION_HEADER_SIZE = 14 }; /* bytes before the msgpack array */

/* A field's type on the wire. */
typedef enum {
    VERMILION_F32,
    VERMILION_F64,
    VERMILION_U8,
    VERMILION_U16,
    VERMILION_U32,
    VERMILION_I8,
    VERMILION_I16,
    VERMILION_I32,
    VERMILION_BOOL,
    VERMILION_TEXT,
} vermilion_wire_type;

/* Its type in the record. */
typedef enum {
    VERMILION_DOUBLE_VALUE, /* double */
    VERMILION_INT_VALUE,    /* int32_t */
    VERMILION_WORD_VALUE,   /* uint32_t */
    VERMILION_BOOL_VALUE,   /* bool */
    VERMILION_TEXT_VALUE,   /* char[length + 1], UTF-8, ended by NUL */
} vermilion_value_type;

typedef struct {
    vermilion_wire_type wire;
    vermilion_value_type value;
    uint16_t offset; /* of the value in its record, bytes */
    uint8_t length;  /* bytes of text on the wire, 0 for numbers */
} vermilion_field;

typedef struct {
    uint16_t apid;
    uint16_t size; /* bytes of the whole packet, at most VERMILION_MAX_PACKET */
    uint16_t count;
    const vermilion_field *fields;
} vermilion_layout;

/* What is in a packet's headers. */
typedef struct {
    uint16_t sequence; /* 14 bits are sent */
    uint64_t ticks;    /* onboard time, 1/65536 s since the computer's epoch; 48 bits are sent */
    uint16_t boot_id;
} vermilion_header;

/* Onboard time of a control step, 1/65536 s, rounded to nearest. */
uint64_t vermilion_ticks_of_step(uint32_t step);

/* Writes a record as one packet of `layout->size` bytes, and gives that size. Numbers beyond their wire type saturate and
 * add 1 each to `*saturated`; what is not finite becomes the one canonical NaN. */
size_t vermilion_encode(const vermilion_layout *layout, const vermilion_header *header, const void *record,
                        uint8_t *packet, uint32_t *saturated);

/* Whether the bytes are a packet of this kind: length, APID, headers and every msgpack tag. If so its headers and
 * values are written, else nothing. A u32 beyond int32_t becomes INT32_MAX where the record holds an int32_t. */
bool vermilion_decode(const vermilion_layout *layout, const uint8_t *packet, size_t size, vermilion_header *header,
                      void *record);

/* The APID of any packet of at least two bytes. */
uint16_t vermilion_apid(const uint8_t *packet);

#endif
