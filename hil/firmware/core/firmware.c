#include "firmware.h"

#include "vermilion_plans.h"

static void zero(void *memory, size_t size)
{
    uint8_t *bytes = memory;
    for (size_t place = 0; place < size; place++) {
        bytes[place] = 0;
    }
}

/* Copies a text, at most `length` bytes of it, cut between characters. */
static void copy_text(char *to, const char *from, size_t length)
{
    size_t size = 0;
    while (size < length && from[size] != '\0') {
        size++;
    }
    while (size > 0 && ((uint8_t)from[size] & 0xc0u) == 0x80u) {
        size--;
    }
    for (size_t place = 0; place < size; place++) {
        to[place] = from[place];
    }
    to[size] = '\0';
}

static bool same_text(const char *a, const char *b)
{
    while (*a != '\0' && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

static uint32_t now(const vermilion_firmware *firmware)
{
    const vermilion_board *board = firmware->board;
    return board->now == NULL ? 0 : board->now(board->context);
}

/* Encodes, frames and writes one packet; to the bench, and beside it to the telemetry's line where that is asked. */
static void send(const vermilion_firmware *firmware, const vermilion_layout *layout, const vermilion_header *header,
                 const void *record, uint32_t *saturated, bool telemetry)
{
    uint8_t packet[VERMILION_MAX_PACKET];
    uint8_t frame[VERMILION_MAX_FRAME];
    const size_t size = vermilion_encode(layout, header, record, packet, saturated);
    const size_t framed = vermilion_enframe(packet, size, frame);
    const vermilion_board *board = firmware->board;
    board->write(board->context, VERMILION_BENCH, frame, framed);
    if (telemetry) {
        board->write(board->context, VERMILION_TELEMETRY, frame, framed);
    }
}

/* Sends one packet of the telemetry of the present step, and counts it. */
static void send_telemetry(vermilion_firmware *firmware, uint16_t packet, const vermilion_layout *layout,
                           const void *record)
{
    const vermilion_header header = {
        .sequence = firmware->sequence[packet]++,
        .ticks = vermilion_ticks_of_step((uint32_t)firmware->computer.step),
        .boot_id = firmware->boot_id,
    };
    firmware->sent++;
    send(firmware, layout, &header, record, &firmware->saturated, true);
}

/* Says who we are to the bench, outside of the telemetry: a station would take its time 0 for a clock begun anew. */
static void send_identity(const vermilion_firmware *firmware)
{
    const vermilion_header header = {.sequence = 0, .ticks = 0, .boot_id = firmware->boot_id};
    uint32_t uncounted = 0;
    const vermilion_layout *layout = &vermilion_layouts[VERMILION_PACKET_IDENTITY];
    send(firmware, layout, &header, &firmware->identity, &uncounted, false);
}

/* The answer to the last sensors; `again` where it has been given before. */
static void send_actuators(vermilion_firmware *firmware, bool again)
{
    uint16_t *count = &firmware->sequence[VERMILION_PACKET_ACTUATORS];
    uint32_t uncounted = 0;
    if (!again) {
        *count += 1;
    }
    const vermilion_header header = {
        .sequence = (uint16_t)(*count - 1u),
        .ticks = vermilion_ticks_of_step((uint32_t)firmware->computer.step),
        .boot_id = firmware->boot_id,
    };
    send(firmware, &vermilion_actuators_layout, &header, &firmware->computer.actuators,
         again ? &uncounted : &firmware->saturated, false);
}

/* FNV-1a over the words: any one that changes changes it. */
static uint32_t seal_of(const vermilion_kept *kept)
{
    uint32_t hash = 2166136261u;
    for (size_t place = 0; place < sizeof kept->words / sizeof kept->words[0]; place++) {
        hash = (hash ^ kept->words[place]) * 16777619u;
    }
    return hash;
}

/* Keeps the state beside the one kept before: a reset in the middle of this leaves the other whole. */
static void keep(vermilion_firmware *firmware)
{
    firmware->order++;
    vermilion_kept *kept = &firmware->kept[firmware->order % 2u];
    vermilion_keep_state(&kept->keepsake.state, &firmware->computer);
    kept->keepsake.time_rate = firmware->identity.time_rate;
    kept->keepsake.plan = firmware->plan;
    kept->keepsake.order = firmware->order;
    kept->keepsake.boot_id = firmware->boot_id;
    kept->seal = seal_of(kept);
}

/* The newest state that is whole; NULL where none is. */
static const vermilion_keepsake *newest(const vermilion_firmware *firmware)
{
    const vermilion_keepsake *found = NULL;
    for (const vermilion_kept *kept = firmware->kept; kept < firmware->kept + 2; kept++) {
        const vermilion_keepsake *keepsake = &kept->keepsake;
        const bool whole = keepsake->order > 0 && keepsake->plan < vermilion_plan_count && kept->seal == seal_of(kept);
        if (whole && (found == NULL || keepsake->order > found->order)) {
            found = keepsake;
        }
    }
    return found;
}

static void forget(vermilion_firmware *firmware)
{
    zero(firmware->kept, sizeof firmware->kept);
    firmware->order = 0;
}

/* Who we are; `plan` is NULL where none flies. */
static void introduce(vermilion_firmware *firmware, const vermilion_plan *plan, double time_rate, uint8_t reset_cause)
{
    vermilion_packet_identity *identity = &firmware->identity;
    zero(identity, sizeof *identity);
    if (plan != NULL) {
        copy_text(identity->vehicle, plan->vehicle, sizeof identity->vehicle - 1);
        copy_text(identity->plan, plan->name, sizeof identity->plan - 1);
    }
    copy_text(identity->software, firmware->board->software, sizeof identity->software - 1);
    copy_text(identity->board, firmware->board->name, sizeof identity->board - 1);
    copy_text(identity->fingerprint, VERMILION_FINGERPRINT, sizeof identity->fingerprint - 1);
    identity->protocol = VERMILION_PROTOCOL;
    identity->reset_cause = reset_cause;
    identity->time_rate = time_rate;
}

static void load_plan(vermilion_firmware *firmware, uint32_t place)
{
    firmware->plan = place;
    firmware->computer.plan = vermilion_plans[place].plan;
    firmware->plan_crc = vermilion_plan_crc(&firmware->computer.plan);
}

void vermilion_boot(vermilion_firmware *firmware, const vermilion_board *board, bool memory_kept)
{
    zero(firmware, offsetof(vermilion_firmware, kept));
    firmware->board = board;
    firmware->boot_id = board->boot_id;
    const vermilion_keepsake *kept = memory_kept ? newest(firmware) : NULL;
    if (kept == NULL) {
        forget(firmware);
        introduce(firmware, NULL, 0.0, board->reset_cause);
    } else {
        load_plan(firmware, kept->plan);
        vermilion_restore_state(&firmware->computer, &kept->state);
        firmware->order = kept->order;
        firmware->flying = true;
        firmware->stepped = true;
        if (firmware->boot_id == 0) {
            firmware->boot_id = (uint16_t)(kept->boot_id % 65535u + 1u);
        }
        introduce(firmware, &vermilion_plans[kept->plan], kept->time_rate, board->reset_cause);
    }
    send_identity(firmware);
}

static void start(vermilion_firmware *firmware, const vermilion_packet_start *message)
{
    const vermilion_board *board = firmware->board;
    const uint8_t reset_cause = message->reset_cause != 0 ? (uint8_t)message->reset_cause : board->reset_cause;
    firmware->boot_id = board->boot_id != 0 ? board->boot_id : (uint16_t)message->boot_id;
    firmware->flying = false;
    firmware->stepped = false;
    firmware->sent = 0;
    firmware->saturated = 0;
    firmware->worst_step_us = 0;
    zero(firmware->sequence, sizeof firmware->sequence);
    zero(&firmware->computer, sizeof firmware->computer);
    forget(firmware);
    introduce(firmware, NULL, message->time_rate, reset_cause);
    for (uint32_t place = 0; place < vermilion_plan_count; place++) {
        const vermilion_plan *plan = &vermilion_plans[place];
        if (same_text(plan->name, message->plan)) {
            load_plan(firmware, place);
            firmware->flying = true;
            firmware->computer.telemetry.periods = plan->periods;
            vermilion_start(&firmware->computer);
            introduce(firmware, plan, message->time_rate, reset_cause);
            keep(firmware);
        }
    }
    send_identity(firmware);
}

static void send_events(vermilion_firmware *firmware)
{
    const uint32_t events = (uint32_t)firmware->computer.sequence.events;
    for (const uint8_t *code = vermilion_event_codes; events != 0 && *code != 0; code++) {
        if ((events >> *code & 1u) != 0) {
            const vermilion_packet_event event = {.code = *code, .step = (uint32_t)firmware->computer.step};
            send_telemetry(firmware, VERMILION_PACKET_EVENT, &vermilion_layouts[VERMILION_PACKET_EVENT], &event);
        }
    }
}

static void send_periodic(vermilion_firmware *firmware)
{
    const uint32_t due = (uint32_t)firmware->computer.telemetry.due;
    if ((due >> VERMILION_PERIODIC_HEALTH & 1u) != 0) {
        HealthPacket *health = &firmware->computer.telemetry.health;
        health->saturated = firmware->saturated > INT32_MAX ? INT32_MAX : (int32_t)firmware->saturated;
        const uint32_t rejected = firmware->deframer.frames_damaged;
        health->frames_rejected = rejected > INT32_MAX ? INT32_MAX : (int32_t)rejected;
    }
    for (uint32_t place = 0; place < VERMILION_PERIODICS; place++) {
        if ((due >> place & 1u) != 0) {
            const vermilion_periodic *kind = &vermilion_periodics[place];
            const void *record = (const uint8_t *)&firmware->computer + kind->offset;
            send_telemetry(firmware, kind->packet, &kind->layout, record);
        }
    }
}

static void step(vermilion_firmware *firmware)
{
    const uint32_t begun_us = now(firmware);
    Computer *computer = &firmware->computer;
    vermilion_step(computer, &firmware->sensors);
    firmware->stepped = true;
    if (computer->step % vermilion_plans[firmware->plan].identity_period == 0) {
        const vermilion_layout *layout = &vermilion_layouts[VERMILION_PACKET_IDENTITY];
        send_telemetry(firmware, VERMILION_PACKET_IDENTITY, layout, &firmware->identity);
    }
    send_events(firmware);
    send_periodic(firmware);
    send_actuators(firmware, false);
    if (computer->step % VERMILION_STEPS_PER_SECOND == 0) {
        firmware->state_step = (uint32_t)computer->step;
        firmware->state_crc = vermilion_state_crc(firmware->plan_crc, computer);
    }
    keep(firmware);
    firmware->step_us = now(firmware) - begun_us;
    if (firmware->step_us > firmware->worst_step_us) {
        firmware->worst_step_us = firmware->step_us;
    }
}

/* False where they came at the wrong time. */
static bool take_sensors(vermilion_firmware *firmware, const Sensors *sensors)
{
    const int32_t last = firmware->computer.step;
    if (!firmware->flying || sensors->step > VERMILION_LAST_STEP || (firmware->stepped && sensors->step < last)) {
        return false;
    }
    if (firmware->stepped && sensors->step == last) {
        send_actuators(firmware, true);
    } else {
        firmware->sensors = *sensors;
        step(firmware);
    }
    return true;
}

static bool end(vermilion_firmware *firmware, const vermilion_packet_end_of_stream *message)
{
    if (!firmware->flying) {
        return false;
    }
    const vermilion_packet_end_of_stream answer = {.reason = message->reason, .packets = firmware->sent};
    const vermilion_header header = {
        .sequence = 0,
        .ticks = vermilion_ticks_of_step((uint32_t)firmware->computer.step),
        .boot_id = firmware->boot_id,
    };
    uint32_t uncounted = 0;
    forget(firmware);
    send(firmware, &vermilion_layouts[VERMILION_PACKET_END_OF_STREAM], &header, &answer, &uncounted, true);
    return true;
}

/* One whole packet. False where it is none of ours, or came at the wrong time. */
static bool take(vermilion_firmware *firmware, const uint8_t *packet, size_t size)
{
    vermilion_header header;
    union {
        vermilion_packet_identity identity;
        vermilion_packet_start start;
        vermilion_packet_end_of_stream end;
        Sensors sensors;
    } message;
    switch (size < 2 ? 0 : vermilion_apid(packet)) {
    case VERMILION_APID_SENSORS:
        return vermilion_decode(&vermilion_sensors_layout, packet, size, &header, &message.sensors) &&
               take_sensors(firmware, &message.sensors);
    case VERMILION_APID_START:
        if (!vermilion_decode(&vermilion_layouts[VERMILION_PACKET_START], packet, size, &header, &message.start)) {
            return false;
        }
        start(firmware, &message.start);
        return true;
    case VERMILION_APID_IDENTITY:
        if (!vermilion_decode(&vermilion_layouts[VERMILION_PACKET_IDENTITY], packet, size, &header,
                              &message.identity)) {
            return false;
        }
        send_identity(firmware);
        return true;
    case VERMILION_APID_END_OF_STREAM:
        return vermilion_decode(&vermilion_layouts[VERMILION_PACKET_END_OF_STREAM], packet, size, &header,
                                &message.end) &&
               end(firmware, &message.end);
    default:
        return false;
    }
}

void vermilion_receive(vermilion_firmware *firmware, const uint8_t *bytes, size_t size)
{
    for (size_t place = 0; place < size; place++) {
        const size_t packet = vermilion_deframe(&firmware->deframer, bytes[place]);
        if (packet > 0 && !take(firmware, firmware->deframer.rest, packet)) {
            firmware->packets_ignored++;
        }
    }
}
