/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The board's trusted application, 045d2922-7f6a-4719-8777-63b1d3e22ddc: what a decoder in the secure
 * world would do, reduced to what a test can check. Its first parameter is always the buffer. The
 * emulator has the same application in Java, and both are held to the same answers.
 *
 * command      parameters                        effect
 * 0 FILL       memref out, value in (a)          byte i becomes (a + i) mod 256
 * 1 SUM        memref in, value out              a = sum of all bytes mod 2^32, b = their number
 * 2 COPY       memref in, memref out             copies the buffer (a real one would never copy secrets out)
 * 3 WHERE      memref in, value out              a = 1 if the buffer is secure memory, b = 1 if it is normal memory
 * 4 INJECT     memref out, memref in             copies normal memory into the buffer, which must be secure
 * 5 TRANSFORM  memref inout                      every byte becomes its negative: inverted, plus one
 * 6 SHA256     memref in, memref out             the digest of the buffer, 32 bytes
 * 7 WAIT       memref out                        byte 0 becomes 1, then it waits until it is cancelled, or a minute
 * 8 PASS       memref inout                      has another instance of itself TRANSFORM the buffer
 */
#include <tee_internal_api.h>
#include <tee_internal_api_extensions.h>
#include <user_ta_header_defines.h>

#define DIGEST_SIZE 32
#define CHUNK 1024
#define MINUTE 60000
#define NAP 10

enum { FILL, SUM, COPY, WHERE, INJECT, TRANSFORM, SHA256, WAIT, PASS };

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

static TEE_Result copy(TEE_Param *from, TEE_Param *to)
{
	size_t room = to->memref.size;

	to->memref.size = from->memref.size;
	if (room < from->memref.size)
		return TEE_ERROR_SHORT_BUFFER;
	TEE_MemMove(to->memref.buffer, from->memref.buffer, from->memref.size);
	return TEE_SUCCESS;
}

/* In small pieces through memory of our own: the digest is the core's work, which does not read protected memory for us. */
static TEE_Result sha256(const uint8_t *bytes, size_t size, TEE_Param *to)
{
	TEE_OperationHandle digest = TEE_HANDLE_NULL;
	uint8_t chunk[CHUNK] = { 0 };
	uint8_t result[DIGEST_SIZE] = { 0 };
	size_t room = to->memref.size;
	size_t length = DIGEST_SIZE;
	TEE_Result res = TEE_SUCCESS;
	size_t at = 0;

	to->memref.size = DIGEST_SIZE;
	if (room < DIGEST_SIZE)
		return TEE_ERROR_SHORT_BUFFER;
	res = TEE_AllocateOperation(&digest, TEE_ALG_SHA256, TEE_MODE_DIGEST, 0);
	if (res != TEE_SUCCESS)
		return res;
	for (at = 0; at < size; at += CHUNK) {
		size_t count = size - at < CHUNK ? size - at : CHUNK;

		TEE_MemMove(chunk, bytes + at, count);
		TEE_DigestUpdate(digest, chunk, count);
	}
	res = TEE_DigestDoFinal(digest, NULL, 0, result, &length);
	if (res == TEE_SUCCESS)
		TEE_MemMove(to->memref.buffer, result, DIGEST_SIZE);
	TEE_FreeOperation(digest);
	return res;
}

static TEE_Result pass_on(uint32_t types, TEE_Param params[4])
{
	static const TEE_UUID itself = TA_UUID;
	TEE_TASessionHandle session = TEE_HANDLE_NULL;
	uint32_t origin = 0;
	TEE_Result res = TEE_OpenTASession(&itself, TEE_TIMEOUT_INFINITE, 0, NULL, &session, &origin);

	if (res != TEE_SUCCESS)
		return res;
	res = TEE_InvokeTACommand(session, TEE_TIMEOUT_INFINITE, TRANSFORM, types, params, &origin);
	TEE_CloseTASession(session);
	return res;
}

/* In naps: OP-TEE has the normal world sleep, and looks for a cancellation only before and after. */
static TEE_Result wait_for_cancellation(uint8_t *begun)
{
	TEE_Result res = TEE_SUCCESS;
	int i = 0;

	TEE_UnmaskCancellation();
	*begun = 1;
	for (i = 0; i < MINUTE / NAP && res == TEE_SUCCESS; i++)
		res = TEE_Wait(NAP);
	return res;
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
		return copy(&params[0], &params[1]);
	case WHERE:
		if (!types_are(types, TEE_PARAM_TYPE_MEMREF_INPUT, TEE_PARAM_TYPE_VALUE_OUTPUT))
			return TEE_ERROR_BAD_PARAMETERS;
		params[1].value.a = readable_as(TEE_MEMORY_ACCESS_SECURE, bytes, size);
		params[1].value.b = readable_as(TEE_MEMORY_ACCESS_NONSECURE, bytes, size);
		return TEE_SUCCESS;
	case INJECT:
		if (!types_are(types, TEE_PARAM_TYPE_MEMREF_OUTPUT, TEE_PARAM_TYPE_MEMREF_INPUT))
			return TEE_ERROR_BAD_PARAMETERS;
		if (!readable_as(TEE_MEMORY_ACCESS_SECURE, bytes, size) ||
		    !readable_as(TEE_MEMORY_ACCESS_NONSECURE, params[1].memref.buffer, params[1].memref.size))
			return TEE_ERROR_ACCESS_DENIED;
		return copy(&params[1], &params[0]);
	case TRANSFORM:
		if (!types_are(types, TEE_PARAM_TYPE_MEMREF_INOUT, TEE_PARAM_TYPE_NONE))
			return TEE_ERROR_BAD_PARAMETERS;
		for (i = 0; i < size; i++)
			bytes[i] = ~bytes[i] + 1;
		return TEE_SUCCESS;
	case SHA256:
		if (!types_are(types, TEE_PARAM_TYPE_MEMREF_INPUT, TEE_PARAM_TYPE_MEMREF_OUTPUT))
			return TEE_ERROR_BAD_PARAMETERS;
		return sha256(bytes, size, &params[1]);
	case WAIT:
		if (!types_are(types, TEE_PARAM_TYPE_MEMREF_OUTPUT, TEE_PARAM_TYPE_NONE) || !size)
			return TEE_ERROR_BAD_PARAMETERS;
		return wait_for_cancellation(bytes);
	case PASS:
		if (!types_are(types, TEE_PARAM_TYPE_MEMREF_INOUT, TEE_PARAM_TYPE_NONE))
			return TEE_ERROR_BAD_PARAMETERS;
		return pass_on(types, params);
	default:
		return TEE_ERROR_NOT_SUPPORTED;
	}
}
