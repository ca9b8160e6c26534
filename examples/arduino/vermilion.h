// Vermilion's wire for Arduino: a space packet with one msgpack array, a CRC-32 and COBS around it. BOARDS.md says what
// each byte means. About 150 bytes of RAM while a packet is written; no heap, no library.
#ifndef VERMILION_H
#define VERMILION_H

#include <Arduino.h>
#include <string.h>

namespace vermilion {

const uint8_t LONGEST_PACKET = 136;  // bytes: the identity's 130, and room; frames allow 246

// The order of calls is the order of the bytes: header, then each field of the packet as the dictionary lists them.
class Packet {
public:
    // `step` is onboard time in 1/100 s; `elements` how many fields follow.
    Packet(uint16_t apid, uint16_t sequence, uint32_t step, uint16_t boot_id, uint8_t elements) : size_(0)
    {
        u16_(0x0800 | apid);                // version 0, telemetry, with a secondary header
        u16_(0xc000 | (sequence & 0x3fff)); // not segmented
        u16_(0);                            // the length, known when it is sent
        u32_(step / 100);
        u16_((uint16_t)(((step % 100) * 65536UL + 50) / 100)); // in 1/65536 s, rounded
        u16_(boot_id);
        if (elements < 16) {
            byte_(0x90 | elements);
        } else {
            byte_(0xdc);
            u16_(elements);
        }
    }

    void u8(uint8_t value) { byte_(0xcc); byte_(value); }
    void u32(uint32_t value) { byte_(0xce); u32_(value); }
    void flag(bool value) { byte_(value ? 0xc3 : 0xc2); }

    void f32(float value)
    {
        uint32_t bits = 0x7fc00000; // what is no number is this one
        if (isfinite(value)) {
            memcpy(&bits, &value, 4);
        }
        byte_(0xca);
        u32_(bits);
    }

    // n / 1024 as a double. AVR's `double` has 24 bits, too few for a position in metres to be good to a centimetre.
    void f64(int64_t n)
    {
        uint64_t bits = 0;
        if (n != 0) {
            uint64_t size = n < 0 ? (uint64_t)-n : (uint64_t)n;
            uint64_t exponent = 1065;
            while (size < (1ULL << 52)) {
                size <<= 1;
                exponent--;
            }
            bits = (n < 0 ? 1ULL << 63 : 0) | exponent << 52 | (size & ((1ULL << 52) - 1));
        }
        byte_(0xcb);
        u32_((uint32_t)(bits >> 32));
        u32_((uint32_t)bits);
    }

    // `length` bytes, whatever the words' length.
    void text(const char *words, uint8_t length)
    {
        byte_(0xd9);
        byte_(length);
        while (length-- > 0) {
            byte_(*words ? *words++ : 0);
        }
    }

    // Sends the frame: 00 COBS(packet, CRC-32) 00. Waits where the port's buffer is full.
    void send(Print &port)
    {
        bytes_[5] = size_ - 7;
        const uint32_t crc = crc32_();
        for (uint8_t place = 0; place < 4; place++) {
            byte_((uint8_t)(crc >> 8 * place));
        }
        port.write((uint8_t)0);
        uint8_t start = 0;
        uint8_t end;
        do {
            end = start;
            while (end < size_ && bytes_[end] != 0) {
                end++;
            }
            port.write((uint8_t)(end - start + 1));
            port.write(bytes_ + start, end - start);
            start = end + 1;
        } while (end < size_);
        port.write((uint8_t)0);
    }

private:
    uint8_t bytes_[LONGEST_PACKET + 4];
    uint8_t size_;

    void byte_(uint8_t value)
    {
        if (size_ < sizeof bytes_) {
            bytes_[size_++] = value;
        }
    }
    void u16_(uint16_t value) { byte_(value >> 8); byte_((uint8_t)value); }
    void u32_(uint32_t value) { u16_(value >> 16); u16_((uint16_t)value); }

    // As in zlib and Ethernet.
    uint32_t crc32_() const
    {
        uint32_t crc = 0xffffffff;
        for (uint8_t place = 0; place < size_; place++) {
            crc ^= bytes_[place];
            for (uint8_t bit = 0; bit < 8; bit++) {
                crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
            }
        }
        return ~crc;
    }
};

} // namespace vermilion

#endif
