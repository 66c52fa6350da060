/* SPDX-License-Identifier: Apache-2.0 */
#ifndef USER_TA_HEADER_DEFINES_H
#define USER_TA_HEADER_DEFINES_H

#define TA_UUID { 0x045d2922, 0x7f6a, 0x4719, { 0x87, 0x77, 0x63, 0xb1, 0xd3, 0xe2, 0x2d, 0xdc } }
/* without this flag OP-TEE refuses to pass protected memory to a trusted application */
#define TA_FLAGS TA_FLAG_SECURE_DATA_PATH
#define TA_STACK_SIZE (8 * 1024)
#define TA_DATA_SIZE (32 * 1024)

#endif
