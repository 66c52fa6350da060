/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The board's trusted application, 045d2922-7f6a-4719-8777-63b1d3e22ddc: what a decoder in the secure
 * world would do, reduced to what a test can check. Its first parameter is always the buffer.
 *
 * command  parameters                        effect
 * 0 FILL   memref out, value in (a)          byte i becomes (a + i) mod 256
 * 1 SUM    memref in, value out              a = sum of all bytes mod 2^32, b = their number
 * 2 COPY   memref in, memref out             copies the buffer (a real one would never copy secrets out)
 * 3 WHERE  memref in, value out              a = 1 if the buffer is secure memory, b = 1 if it is normal memory
 */
#include <tee_internal_api.h>
#include <tee_internal_api_extensions.h>
#include <user_ta_header_defines.h>

enum { FILL, SUM, COPY, WHERE };

TEE_Result TA_CreateEntryPoint(void)
{
	return TEE_SUCCESS;
}

void TA_DestroyEntryPoint(void)
{
}

TEE_Result TA_OpenSessionEntryPoint(uint32_t types __unused, TEE_Param params[4] __unused, void **session __unused)
{
	return TEE_SUCCESS;
}

void TA_CloseSessionEntryPoint(void *session __unused)
{
}

static bool types_are(uint32_t types, uint32_t first, uint32_t second)
{
	return types == TEE_PARAM_TYPES(first, second, TEE_PARAM_TYPE_NONE, TEE_PARAM_TYPE_NONE);
}

static bool readable_as(uint32_t kind, void *buffer, size_t size)
{
	return TEE_CheckMemoryAccessRights(TEE_MEMORY_ACCESS_READ | TEE_MEMORY_ACCESS_ANY_OWNER | kind,
					   buffer, size) == TEE_SUCCESS;
}

TEE_Result TA_InvokeCommandEntryPoint(void *session __unused, uint32_t command, uint32_t types, TEE_Param params[4])
{
	uint8_t *bytes = params[0].memref.buffer;
	size_t size = params[0].memref.size;
	uint32_t sum = 0;
	size_t i = 0;

	switch (command) {
	case FILL:
		if (!types_are(types, TEE_PARAM_TYPE_MEMREF_OUTPUT, TEE_PARAM_TYPE_VALUE_INPUT))
			return TEE_ERROR_BAD_PARAMETERS;
		for (i = 0; i < size; i++)
			bytes[i] = params[1].value.a + i;
		return TEE_SUCCESS;
	case SUM:
		if (!types_are(types, TEE_PARAM_TYPE_MEMREF_INPUT, TEE_PARAM_TYPE_VALUE_OUTPUT))
			return TEE_ERROR_BAD_PARAMETERS;
		for (i = 0; i < size; i++)
			sum += bytes[i];
		params[1].value.a = sum;
		params[1].value.b = size;
		return TEE_SUCCESS;
	case COPY:
		if (!types_are(types, TEE_PARAM_TYPE_MEMREF_INPUT, TEE_PARAM_TYPE_MEMREF_OUTPUT))
			return TEE_ERROR_BAD_PARAMETERS;
		if (params[1].memref.size < size) {
			params[1].memref.size = size;
			return TEE_ERROR_SHORT_BUFFER;
		}
		TEE_MemMove(params[1].memref.buffer, bytes, size);
		params[1].memref.size = size;
		return TEE_SUCCESS;
	case WHERE:
		if (!types_are(types, TEE_PARAM_TYPE_MEMREF_INPUT, TEE_PARAM_TYPE_VALUE_OUTPUT))
			return TEE_ERROR_BAD_PARAMETERS;
		params[1].value.a = readable_as(TEE_MEMORY_ACCESS_SECURE, bytes, size);
		params[1].value.b = readable_as(TEE_MEMORY_ACCESS_NONSECURE, bytes, size);
		return TEE_SUCCESS;
	default:
		return TEE_ERROR_NOT_SUPPORTED;
	}
}
