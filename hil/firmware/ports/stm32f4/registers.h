/* Registers of the STM32F4 family (reference manuals RM0090, RM0368, RM0383, RM0390) and of its Cortex-M4
 * (ARM DDI 0403), those that the port uses. */
#ifndef VERMILION_STM32F4_REGISTERS_H
#define VERMILION_STM32F4_REGISTERS_H

#include <stdint.h>

#define REGISTER(address) (*(volatile uint32_t *)(address))

/* reset and clock control */
#define RCC_CR REGISTER(0x40023800u)
#define RCC_CR_PLLON (1u << 24)
#define RCC_CR_PLLRDY (1u << 25)
#define RCC_PLLCFGR REGISTER(0x40023804u)
#define RCC_CFGR REGISTER(0x40023808u)
#define RCC_CFGR_SW_PLL 2u
#define RCC_CFGR_SWS (3u << 2)
#define RCC_CFGR_SWS_PLL (2u << 2)
#define RCC_CFGR_PPRE1_HALF (4u << 10)
#define RCC_AHB1ENR REGISTER(0x40023830u)
#define RCC_AHB1ENR_GPIOA (1u << 0)
#define RCC_AHB1ENR_DMA1 (1u << 21)
#define RCC_AHB1ENR_DMA2 (1u << 22)
#define RCC_APB1ENR REGISTER(0x40023840u)
#define RCC_APB1ENR_TIM2 (1u << 0)
#define RCC_APB1ENR_USART2 (1u << 17)
#define RCC_APB2ENR REGISTER(0x40023844u)
#define RCC_APB2ENR_USART1 (1u << 4)
#define RCC_CSR REGISTER(0x40023874u)
#define RCC_CSR_REMOVE (1u << 24)
#define RCC_CSR_BROWN_OUT (1u << 25)
#define RCC_CSR_POWER_ON (1u << 27)
#define RCC_CSR_SOFTWARE (1u << 28)
#define RCC_CSR_INDEPENDENT_WATCHDOG (1u << 29)
#define RCC_CSR_WINDOW_WATCHDOG (1u << 30)

#define FLASH_ACR REGISTER(0x40023C00u)
#define FLASH_ACR_TWO_WAIT_STATES 2u
#define FLASH_ACR_PREFETCH (1u << 8)
#define FLASH_ACR_INSTRUCTION_CACHE (1u << 9)
#define FLASH_ACR_DATA_CACHE (1u << 10)

/* pins of port A */
#define GPIOA_MODER REGISTER(0x40020000u)
#define GPIOA_PUPDR REGISTER(0x4002000Cu)
#define GPIOA_AFRL REGISTER(0x40020020u)
#define GPIOA_AFRH REGISTER(0x40020024u)

/* serial ports, offsets from their base */
#define USART1 0x40011000u
#define USART2 0x40004400u
#define USART_SR(base) REGISTER((base) + 0x00u)
#define USART_SR_OVERRUN (1u << 3)
#define USART_SR_IDLE (1u << 4)
#define USART_SR_RECEIVED (1u << 5)
#define USART_SR_EMPTY (1u << 7)
#define USART_DR(base) REGISTER((base) + 0x04u)
#define USART_BRR(base) REGISTER((base) + 0x08u)
#define USART_CR1(base) REGISTER((base) + 0x0Cu)
#define USART_CR1_RECEIVER (1u << 2)
#define USART_CR1_TRANSMITTER (1u << 3)
#define USART_CR1_IDLE_INTERRUPT (1u << 4)
#define USART_CR1_RECEIVED_INTERRUPT (1u << 5)
#define USART_CR1_EMPTY_INTERRUPT (1u << 7)
#define USART_CR1_ENABLE (1u << 13)
#define USART_CR3(base) REGISTER((base) + 0x14u)
#define USART_CR3_ERROR_INTERRUPT (1u << 0)
#define USART_CR3_RECEIVED_BY_DMA (1u << 6)
#define USART_CR3_SENT_BY_DMA (1u << 7)
#define USART1_INTERRUPT 37u
#define USART2_INTERRUPT 38u

/* direct memory access: streams 0 to 7 of two controllers; the flags of streams 4 to 7 stand in the high register */
#define DMA1 0x40026000u
#define DMA2 0x40026400u
#define DMA_HISR(base) REGISTER((base) + 0x04u)
#define DMA_HIFCR(base) REGISTER((base) + 0x0Cu)
#define DMA_HIGH_FLAGS(stream) (0x3Du << ((stream) < 6u ? 6u * ((stream) - 4u) : 6u * ((stream) - 6u) + 16u))
#define DMA_CR(base, stream) REGISTER((base) + 0x10u + 0x18u * (stream))
#define DMA_CR_ENABLE (1u << 0)
#define DMA_CR_HALF_INTERRUPT (1u << 3)
#define DMA_CR_COMPLETE_INTERRUPT (1u << 4)
#define DMA_CR_FROM_MEMORY (1u << 6)
#define DMA_CR_CIRCULAR (1u << 8)
#define DMA_CR_MEMORY_ADVANCES (1u << 10)
#define DMA_CR_CHANNEL(channel) ((channel) << 25)
#define DMA_NDTR(base, stream) REGISTER((base) + 0x14u + 0x18u * (stream))
#define DMA_PAR(base, stream) REGISTER((base) + 0x18u + 0x18u * (stream))
#define DMA_M0AR(base, stream) REGISTER((base) + 0x1Cu + 0x18u * (stream))
#define DMA1_STREAM5_INTERRUPT 16u
#define DMA1_STREAM6_INTERRUPT 17u
#define DMA2_STREAM7_INTERRUPT 70u

/* the free-running timer */
#define TIM2_CR1 REGISTER(0x40000000u)
#define TIM2_EGR REGISTER(0x40000014u)
#define TIM2_CNT REGISTER(0x40000024u)
#define TIM2_PSC REGISTER(0x40000028u)
#define TIM2_ARR REGISTER(0x4000002Cu)

/* the independent watchdog */
#define IWDG_KR REGISTER(0x40003000u)
#define IWDG_KR_START 0xCCCCu
#define IWDG_KR_FEED 0xAAAAu
#define IWDG_KR_UNLOCK 0x5555u
#define IWDG_PR REGISTER(0x40003004u)
#define IWDG_PR_BY_32 3u
#define IWDG_RLR REGISTER(0x40003008u)

/* the processor's own */
#define SYST_CSR REGISTER(0xE000E010u)
#define SYST_CSR_ENABLE (1u << 0)
#define SYST_CSR_INTERRUPT (1u << 1)
#define SYST_CSR_CORE_CLOCK (1u << 2)
#define SYST_RVR REGISTER(0xE000E014u)
#define SYST_CVR REGISTER(0xE000E018u)
#define SYST_MOST 0xFFFFFFu
#define NVIC_ISER(interrupt) REGISTER(0xE000E100u + 4u * ((interrupt) >> 5))
#define NVIC_ISPR(interrupt) REGISTER(0xE000E200u + 4u * ((interrupt) >> 5))
#define NVIC_BIT(interrupt) (1u << ((interrupt) & 31u))
#define SCB_AIRCR REGISTER(0xE000ED0Cu)
#define SCB_AIRCR_RESET 0x05FA0004u
#define SCB_CFSR REGISTER(0xE000ED28u)

/* 96 bits that no other chip of the family has */
#define UNIQUE_ID(word) REGISTER(0x1FFF7A10u + 4u * (word))

#endif
