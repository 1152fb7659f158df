// SPDX-License-Identifier: Apache-2.0
// The part of a build's identity that must be equal in host and plugin, as one string.
//
// Compiler and optimisation level are not in it: g++ and clang builds interoperate. What is in it
// changes the layout of standard types (or, for sanitizers, kills the process that mixes them).
#pragma once

#include <version>

#if !defined(__GLIBCXX__)
#error \
    "Holdfast plugins are built with libstdc++: exceptions and type names do not cross from libc++."
#endif

#if _GLIBCXX_USE_CXX11_ABI
#define HOLDFAST_TAG_STRING "cxx11"
#else
#define HOLDFAST_TAG_STRING "cxx98"
#endif

#if defined(_GLIBCXX_DEBUG)
#define HOLDFAST_TAG_STL "debug"
#else
#define HOLDFAST_TAG_STL "plain"
#endif

#if defined(__SANITIZE_ADDRESS__)
#define HOLDFAST_TAG_SANITIZER "address"
#elif defined(__SANITIZE_THREAD__)
#define HOLDFAST_TAG_SANITIZER "thread"
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HOLDFAST_TAG_SANITIZER "address"
#elif __has_feature(thread_sanitizer)
#define HOLDFAST_TAG_SANITIZER "thread"
#endif
#endif
#if !defined(HOLDFAST_TAG_SANITIZER)
#define HOLDFAST_TAG_SANITIZER "none"
#endif

#if __SIZEOF_POINTER__ == 8
#define HOLDFAST_TAG_POINTER "64"
#else
#define HOLDFAST_TAG_POINTER "32"
#endif

#define HOLDFAST_TOOLCHAIN_TAG                                     \
  "libstdc++ string=" HOLDFAST_TAG_STRING " stl=" HOLDFAST_TAG_STL \
  " sanitizer=" HOLDFAST_TAG_SANITIZER " pointer=" HOLDFAST_TAG_POINTER
