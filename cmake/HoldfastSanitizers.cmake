# SPDX-License-Identifier: Apache-2.0
#
# HOLDFAST_SANITIZE and HOLDFAST_COVERAGE change how every object of the tree is compiled: daemon and
# plugins must agree, so the flags are global. The test presets point the run-time options at the
# suppression files in cmake/sanitizers/.

if(HOLDFAST_SANITIZE)
  list(JOIN HOLDFAST_SANITIZE "," _holdfast_sanitizers)
  add_compile_options(-fsanitize=${_holdfast_sanitizers} -fno-omit-frame-pointer
                      -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${_holdfast_sanitizers})
  # GCC's documentation of -fsanitize: its checks make these warnings see what is not there,
  # uninitialised values and, with `thread` in version 12, std::string beyond its own buffer.
  add_compile_options($<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>
                      $<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds>
                      $<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overflow>)
endif()

if(HOLDFAST_COVERAGE)
  add_compile_options(--coverage)
  add_link_options(--coverage)
endif()
