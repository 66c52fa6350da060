# SPDX-License-Identifier: Apache-2.0
srcs-y += video.c
global-incdirs-y += .
