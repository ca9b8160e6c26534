#include "packet.h"

enum {
    TELEMETRY_WITH_SECONDARY_HEADER = 0x0800,
    UNSEGMENTED = 0xc000,
    FIXARRAY = 0x90,
    ARRAY_16 = 0xdc,
    STR_8 = 0xd9,
    FALSE_TAG = 0xc2,
};

/* The msgpack tag and the bytes behind it of each type of number, in the order of vermilion_wire_type. */
static const uint8_t tags[] = {0xca, 0xcb, 0xcc, 0xcd, 0xce, 0xd0, 0xd1, 0xd2};
static const uint8_t widths[] = {4, 8, 1, 2, 4, 1, 2, 4};

/* Their ranges; those of f32 and f64 are not used. */
static const int64_t lowest[] = {0, 0, 0, 0, 0, INT8_MIN, INT16_MIN, INT32_MIN};
static const int64_t highest[] = {0, 0, UINT8_MAX, UINT16_MAX, UINT32_MAX, INT8_MAX, INT16_MAX, INT32_MAX};

static const double f32_greatest = 3.4028234663852886e38;
static const double f32_overflow = 3.4028235677973366e38; /* from here on a double rounds to infinity */

typedef union {
    double number;
    uint64_t bits;
} double_bits;

typedef union {
    float number;
    uint32_t bits;
} single_bits;

static const uint64_t f64_nan = 0x7ff8000000000000u;
static const uint32_t f32_nan = 0x7fc00000u;

uint64_t vermilion_ticks_of_step(uint32_t step)
{
    return ((uint64_t)step * 65536u + 50u) / 100u;
}

uint16_t vermilion_apid(const uint8_t *packet)
{
    return (uint16_t)(((packet[0] & 7u) << 8) | packet[1]);
}

static uint8_t *put(uint8_t *to, uint64_t bits, uint32_t width)
{
    for (uint32_t left = width; left > 0; left--) {
        *to++ = (uint8_t)(bits >> (8 * (left - 1)));
    }
    return to;
}

static uint64_t get(const uint8_t *from, uint32_t width)
{
    uint64_t bits = 0;
    for (uint32_t place = 0; place < width; place++) {
        bits = (bits << 8) | from[place];
    }
    return bits;
}

static const void *value_at(const vermilion_field *field, const void *record)
{
    return (const uint8_t *)record + field->offset;
}

static int64_t whole_number(const vermilion_field *field, const void *record)
{
    const void *value = value_at(field, record);
    switch (field->value) {
    case VERMILION_WORD_VALUE:
        return *(const uint32_t *)value;
    case VERMILION_BOOL_VALUE:
        return *(const bool *)value ? 1 : 0;
    default:
        return *(const int32_t *)value;
    }
}

static uint64_t single(double number, uint32_t *saturated)
{
    single_bits value = {.bits = f32_nan};
    if (number - number != 0.0) {
        return value.bits;
    }
    if (number <= -f32_overflow || number >= f32_overflow) {
        *saturated += 1;
        number = number > 0.0 ? f32_greatest : -f32_greatest;
    }
    value.number = (float)number;
    return value.bits;
}

static uint64_t number_bits(const vermilion_field *field, const void *record, uint32_t *saturated)
{
    if (field->wire == VERMILION_F32) {
        return single(*(const double *)value_at(field, record), saturated);
    }
    if (field->wire == VERMILION_F64) {
        const double_bits value = {.number = *(const double *)value_at(field, record)};
        return value.number - value.number == 0.0 ? value.bits : f64_nan;
    }
    int64_t number = whole_number(field, record);
    if (number < lowest[field->wire] || number > highest[field->wire]) {
        *saturated += 1;
        number = number < lowest[field->wire] ? lowest[field->wire] : highest[field->wire];
    }
    return (uint64_t)number;
}

static uint8_t *put_text(uint8_t *to, const vermilion_field *field, const void *record)
{
    const char *text = value_at(field, record);
    uint32_t size = 0;
    while (size < field->length && text[size] != 0) {
        size++;
    }
    *to++ = STR_8;
    *to++ = field->length;
    for (uint32_t place = 0; place < field->length; place++) {
        *to++ = place < size ? (uint8_t)text[place] : 0;
    }
    return to;
}

size_t vermilion_encode(const vermilion_layout *layout, const vermilion_header *header, const void *record,
                        uint8_t *packet, uint32_t *saturated)
{
    uint8_t *to = packet;
    to = put(to, TELEMETRY_WITH_SECONDARY_HEADER | (uint32_t)layout->apid, 2);
    to = put(to, UNSEGMENTED | (header->sequence & 0x3fffu), 2);
    to = put(to, layout->size - 7u, 2);
    to = put(to, header->ticks, 6);
    to = put(to, header->boot_id, 2);
    if (layout->count <= 15) {
        *to++ = (uint8_t)(FIXARRAY | layout->count);
    } else {
        *to++ = ARRAY_16;
        to = put(to, layout->count, 2);
    }
    for (const vermilion_field *field = layout->fields; field < layout->fields + layout->count; field++) {
        if (field->wire == VERMILION_TEXT) {
            to = put_text(to, field, record);
        } else if (field->wire == VERMILION_BOOL) {
            *to++ = (uint8_t)(FALSE_TAG | (whole_number(field, record) != 0));
        } else {
            *to++ = tags[field->wire];
            to = put(to, number_bits(field, record, saturated), widths[field->wire]);
        }
    }
    return (size_t)(to - packet);
}

/* Whether the tag at this place is the field's. */
static bool tagged(const vermilion_field *field, const uint8_t *from)
{
    switch (field->wire) {
    case VERMILION_TEXT:
        return from[0] == STR_8 && from[1] == field->length;
    case VERMILION_BOOL:
        return (from[0] & 0xfeu) == FALSE_TAG;
    default:
        return from[0] == tags[field->wire];
    }
}

static uint32_t width_of(const vermilion_field *field)
{
    switch (field->wire) {
    case VERMILION_TEXT:
        return field->length + 2u;
    case VERMILION_BOOL:
        return 1;
    default:
        return widths[field->wire] + 1u;
    }
}

static bool well_formed(const vermilion_layout *layout, const uint8_t *packet, size_t size)
{
    if (size != layout->size || get(packet, 2) != (TELEMETRY_WITH_SECONDARY_HEADER | (uint32_t)layout->apid) ||
        (packet[2] & 0xc0u) != 0xc0u || get(packet + 4, 2) != size - 7) {
        return false;
    }
    const uint8_t *from = packet + VERMILION_HEADER_SIZE;
    if (layout->count <= 15) {
        if (*from++ != (FIXARRAY | layout->count)) {
            return false;
        }
    } else {
        if (from[0] != ARRAY_16 || get(from + 1, 2) != layout->count) {
            return false;
        }
        from += 3;
    }
    for (const vermilion_field *field = layout->fields; field < layout->fields + layout->count; field++) {
        if (!tagged(field, from)) {
            return false;
        }
        from += width_of(field);
    }
    return true;
}

static double read_float(vermilion_wire_type wire, uint64_t bits)
{
    if (wire == VERMILION_F32) {
        const single_bits value = {.bits = (uint32_t)bits};
        return (double)value.number;
    }
    const double_bits value = {.bits = bits};
    return value.number;
}

static int64_t read_whole(vermilion_wire_type wire, uint64_t bits)
{
    switch (wire) {
    case VERMILION_I8:
        return (int8_t)bits;
    case VERMILION_I16:
        return (int16_t)bits;
    case VERMILION_I32:
        return (int32_t)bits;
    default:
        return (int64_t)bits;
    }
}

static void read_value(const vermilion_field *field, const uint8_t *from, void *record)
{
    void *value = (uint8_t *)record + field->offset;
    if (field->wire == VERMILION_TEXT) {
        char *text = value;
        uint32_t size = field->length;
        while (size > 0 && from[1 + size] == 0) {
            size--;
        }
        for (uint32_t place = 0; place <= field->length; place++) {
            text[place] = place < size ? (char)from[2 + place] : '\0';
        }
        return;
    }
    if (field->wire == VERMILION_BOOL) {
        *(bool *)value = (from[0] & 1u) != 0;
        return;
    }
    const uint64_t bits = get(from + 1, widths[field->wire]);
    if (field->value == VERMILION_DOUBLE_VALUE) {
        *(double *)value = read_float(field->wire, bits);
    } else if (field->value == VERMILION_WORD_VALUE) {
        *(uint32_t *)value = (uint32_t)bits;
    } else {
        const int64_t number = read_whole(field->wire, bits);
        *(int32_t *)value = number > INT32_MAX ? INT32_MAX : (int32_t)number;
    }
}

bool vermilion_decode(const vermilion_layout *layout, const uint8_t *packet, size_t size, vermilion_header *header,
                      void *record)
{
    if (!well_formed(layout, packet, size)) {
        return false;
    }
    header->sequence = (uint16_t)(get(packet + 2, 2) & 0x3fffu);
    header->ticks = get(packet + 6, 6);
    header->boot_id = (uint16_t)get(packet + 12, 2);
    const uint8_t *from = packet + VERMILION_HEADER_SIZE + (layout->count <= 15 ? 1 : 3);
    for (const vermilion_field *field = layout->fields; field < layout->fields + layout->count; field++) {
        read_value(field, from, record);
        from += width_of(field);
    }
    return true;
}
