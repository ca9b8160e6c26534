/* Direct memory access for the serial links: whole runs of bytes move without the processor. RM0090, 10.3. */

#include "board.h"
#include "registers.h"

#define CHANNEL DMA_CR_CHANNEL(4u) /* of every stream below */
#define TO_BENCH 6u                /* streams of DMA1, to and from USART2 */
#define FROM_BENCH 5u
#define TO_TELEMETRY 7u /* of DMA2, to USART1 */

struct stream {
    uint32_t base;
    uint32_t number;
    uint32_t interrupt;
    uint32_t port;
};

static const struct stream senders[2] = {[VERMILION_BENCH] = {DMA1, TO_BENCH, DMA1_STREAM6_INTERRUPT, USART2},
                                         [VERMILION_TELEMETRY] = {DMA2, TO_TELEMETRY, DMA2_STREAM7_INTERRUPT, USART1}};
static uint32_t receive_size;

bool start_dma(void)
{
    RCC_AHB1ENR |= RCC_AHB1ENR_DMA1 | RCC_AHB1ENR_DMA2;
    /* A count that does not stay is none: QEMU has no such controller. */
    DMA_NDTR(DMA1, FROM_BENCH) = 1u;
    if (DMA_NDTR(DMA1, FROM_BENCH) != 1u)
        return false;
    for (uint32_t link = 0u; link < 2u; link++) {
        const struct stream *stream = &senders[link];
        DMA_PAR(stream->base, stream->number) = (uint32_t)(uintptr_t)&USART_DR(stream->port);
        USART_CR3(stream->port) = USART_CR3_SENT_BY_DMA;
        NVIC_ISER(stream->interrupt) = NVIC_BIT(stream->interrupt);
    }
    return true;
}

void receive_by_dma(uint8_t *ring, uint32_t size)
{
    receive_size = size;
    DMA_PAR(DMA1, FROM_BENCH) = (uint32_t)(uintptr_t)&USART_DR(USART2);
    DMA_M0AR(DMA1, FROM_BENCH) = (uint32_t)(uintptr_t)ring;
    DMA_NDTR(DMA1, FROM_BENCH) = size;
    DMA_HIFCR(DMA1) = DMA_HIGH_FLAGS(FROM_BENCH);
    /* Beside the end of a run, both halves of the ring wake the processor: whoever talks on and on is heard too. */
    DMA_CR(DMA1, FROM_BENCH) = CHANNEL | DMA_CR_MEMORY_ADVANCES | DMA_CR_CIRCULAR | DMA_CR_HALF_INTERRUPT |
                               DMA_CR_COMPLETE_INTERRUPT | DMA_CR_ENABLE;
    NVIC_ISER(DMA1_STREAM5_INTERRUPT) = NVIC_BIT(DMA1_STREAM5_INTERRUPT);
    USART_CR3(USART2) |= USART_CR3_RECEIVED_BY_DMA | USART_CR3_ERROR_INTERRUPT;
}

uint32_t received_by_dma(void)
{
    return receive_size - DMA_NDTR(DMA1, FROM_BENCH);
}

void send_by_dma(vermilion_link link, const uint8_t *bytes, uint32_t count)
{
    const struct stream *stream = &senders[link];
    DMA_HIFCR(stream->base) = DMA_HIGH_FLAGS(stream->number);
    DMA_M0AR(stream->base, stream->number) = (uint32_t)(uintptr_t)bytes;
    DMA_NDTR(stream->base, stream->number) = count;
    /* The bytes must be in memory before another master reads them. */
    __asm volatile("dsb" ::: "memory");
    DMA_CR(stream->base, stream->number) =
        CHANNEL | DMA_CR_MEMORY_ADVANCES | DMA_CR_FROM_MEMORY | DMA_CR_COMPLETE_INTERRUPT | DMA_CR_ENABLE;
}

static void end_transfer(vermilion_link link)
{
    const struct stream *stream = &senders[link];
    DMA_HIFCR(stream->base) = DMA_HIGH_FLAGS(stream->number);
    bytes_sent(link);
}

void to_bench_interrupt(void)
{
    end_transfer(VERMILION_BENCH);
}

void to_telemetry_interrupt(void)
{
    end_transfer(VERMILION_TELEMETRY);
}

void from_bench_interrupt(void)
{
    /* It is enough that the processor woke. */
    DMA_HIFCR(DMA1) = DMA_HIGH_FLAGS(FROM_BENCH);
}
