// Telemetry of a small sounding rocket from an Arduino Uno, Nano or Mega: identity, imu_summary and navigation.
//
// Put your sensors into `read_sensors`: as it stands a small flight is computed there, so that the radio and the ground
// station can be rehearsed:   ./run ground serial:/dev/ttyACM0?baud=115200 --profile examples/arduino/wren.toml

#include "vermilion.h"

#if defined(__AVR__)
#include <avr/eeprom.h>
#endif

#ifndef TIME_RATE
#define TIME_RATE 1.0f // onboard seconds a real second; 0 keeps no time and sends as fast as the port takes it
#endif
#ifndef BAUD
#define BAUD 115200
#endif

static const char VEHICLE[] = "wren", PLAN[] = "wren", SOFTWARE[] = "wren 1", BOARD[] = "arduino";
static const char FINGERPRINT[] = "94ebb6764b8e3a29"; // of the ground's dictionary: ./run firmware header writes it too
static const uint8_t PROTOCOL = 1, POWER_ON = 0, COMPLETE = 0;

enum { IDENTITY = 1, NAVIGATION = 4, END_OF_STREAM = 10, IMU_SUMMARY = 12 }; // APIDs

// 53.65 N, 8.55 E, 2 m above the ellipsoid, Earth-centred, in 1/1024 m.
static const int64_t SITE[3] = {3836473937LL, 576788052LL, 5236481838LL};
static const float UP[3] = {0.5861291f, 0.0881206f, 0.8054113f};
static const float ATTITUDE[4] = {0.8899062f, 0.0336391f, -0.4500114f, 0.0665219f}; // nose up: body x to UP

// What is sent of the sensors.
struct Sensors {
    float height_m, speed_m_s, pressure_pa;
    float force_sum, force_least, force_largest; // axial specific force since the last summary, m/s2
    uint16_t force_count;
    bool landed;
} sensors;

static void forget_forces()
{
    sensors.force_sum = 0.0f;
    sensors.force_count = 0;
    sensors.force_least = 1e9f;
    sensors.force_largest = -1e9f;
}

// -1 to 1. No real sensor repeats itself: one that does is reported as stuck.
static float noise()
{
    static uint32_t state = 1;
    state = state * 75 % 65537;
    return state / 32768.0f - 1.0f;
}

// One step, 100 a second. Your sensors go here; this is a rocket of 10 kg that flies straight up for 3 s and comes down
// under a parachute.
static void read_sensors(uint32_t step)
{
    static float mass_kg = 10.0f;
    static bool opened = false;
    const bool burning = step >= 1000 && step < 1300;
    const float thrust_n = burning ? 600.0f : 0.0f;
    if (burning) {
        mass_kg -= 2.0f / 300.0f;
    }
    opened = opened || (sensors.height_m > 100.0f && sensors.speed_m_s < -5.0f);
    const float drag_area_m2 = opened ? 0.9f : 0.003f;
    const float density = 1.225f * exp(-sensors.height_m / 8500.0f);
    const float drag_n = 0.5f * density * drag_area_m2 * sensors.speed_m_s * fabs(sensors.speed_m_s);
    float force = (thrust_n - drag_n) / mass_kg;
    if (sensors.height_m <= 0.0f && thrust_n < 9.81f * mass_kg) {
        sensors.landed = step > 1000;
        force = 9.81f;
        sensors.speed_m_s = 0.0f;
    }
    sensors.speed_m_s += (force - 9.81f) * 0.01f;
    sensors.height_m = max(0.0f, sensors.height_m + sensors.speed_m_s * 0.01f);
    force += 0.05f * noise();
    sensors.force_sum += force;
    sensors.force_count++;
    sensors.force_least = min(sensors.force_least, force);
    sensors.force_largest = max(sensors.force_largest, force);
}

static void read_barometer()
{
    sensors.pressure_pa = 101301.0f * pow(1.0f - 2.2558e-5f * sensors.height_m, 5.2559f) + 20.0f * noise();
}

static uint16_t boot_id;
static uint32_t packets_sent = 0;

// Tells packets after a restart from those before it: counts where memory survives.
static uint16_t next_boot_id()
{
#if defined(__AVR__)
    const uint16_t next = eeprom_read_word((uint16_t *)0) + 1;
    eeprom_write_word((uint16_t *)0, next);
    return next;
#else
    randomSeed(analogRead(0) ^ micros());
    return (uint16_t)random(1, 65536);
#endif
}

static void send_identity(uint32_t step)
{
    static uint16_t count = 0;
    vermilion::Packet packet(IDENTITY, count++, step, boot_id, 8);
    packet.text(VEHICLE, 16);
    packet.text(PLAN, 24);
    packet.text(SOFTWARE, 24);
    packet.text(BOARD, 16);
    packet.text(FINGERPRINT, 16);
    packet.u8(PROTOCOL);
    packet.u8(POWER_ON);
    packet.f32(TIME_RATE);
    packet.send(Serial);
    packets_sent++;
}

static void send_imu_summary(uint32_t step)
{
    static uint16_t count = 0;
    vermilion::Packet packet(IMU_SUMMARY, count++, step, boot_id, 5);
    packet.f32(sensors.force_sum / sensors.force_count);
    packet.f32(sensors.force_least);
    packet.f32(sensors.force_largest);
    packet.f32(0.0f); // largest rate
    packet.f32(sensors.pressure_pa);
    packet.send(Serial);
    packets_sent++;
    forget_forces();
}

static void send_navigation(uint32_t step)
{
    static uint16_t count = 0;
    vermilion::Packet packet(NAVIGATION, count++, step, boot_id, 14);
    const float along = sensors.height_m * 1024.0f;
    for (uint8_t axis = 0; axis < 3; axis++) {
        packet.f64(SITE[axis] + (int64_t)(along * UP[axis]));
    }
    for (uint8_t axis = 0; axis < 3; axis++) {
        packet.f32(sensors.speed_m_s * UP[axis]);
    }
    for (uint8_t part = 0; part < 4; part++) {
        packet.f32(ATTITUDE[part]);
    }
    for (uint8_t axis = 0; axis < 3; axis++) {
        packet.f32(0.0f); // attitude error: nothing steers
    }
    packet.f32(sensors.pressure_pa);
    packet.send(Serial);
    packets_sent++;
}

static void send_end_of_stream(uint32_t step)
{
    vermilion::Packet packet(END_OF_STREAM, 0, step, boot_id, 2);
    packet.u8(COMPLETE);
    packet.u32(packets_sent);
    packet.send(Serial);
}

void setup()
{
    Serial.begin(BAUD);
    boot_id = next_boot_id();
    forget_forces();
}

void loop()
{
    static uint32_t step = 0, landed_at = 0;
    if (landed_at != 0 && step > landed_at + 500) {
        return; // it has lain on the ground for five seconds, and has said that nothing follows
    }
    if (TIME_RATE > 0.0f && millis() < (uint32_t)(step * 10 / TIME_RATE)) {
        return;
    }
    read_sensors(step);
    if (step % 100 == 0) {
        send_identity(step);
    }
    if (step % 20 == 19) {
        read_barometer();
        send_imu_summary(step);
        send_navigation(step);
    }
    if (sensors.landed && landed_at == 0) {
        landed_at = step;
    }
    if (landed_at != 0 && step == landed_at + 500) {
        send_end_of_stream(step);
    }
    step++;
}
