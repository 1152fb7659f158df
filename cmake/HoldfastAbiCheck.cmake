# SPDX-License-Identifier: Apache-2.0
#
# The gate that makes each change of the plugin ABI deliberate. libabigail compares the types in
# sdk/abi/probe.cpp with the description that is checked in, sdk/abi/v0.abixml:
#
#   abi_check           fails on any difference, a compatible one too
#   abi_check_selftest  damages copies of the headers and expects abi_check to notice
#   abi_dump            accepts the headers as they are now: writes sdk/abi/v0.abixml
#
# The first two are ctests as well. sdk/abi/README.md says when abi_dump is the right answer. Without
# abidiff (Debian: abigail-tools), and in sanitizer builds, there is no gate.

find_program(HOLDFAST_ABIDIFF abidiff)
find_program(HOLDFAST_ABIDW abidw)
if(NOT HOLDFAST_ABIDIFF OR NOT HOLDFAST_ABIDW OR HOLDFAST_SANITIZE OR HOLDFAST_COVERAGE)
  message(STATUS "No ABI check: needs abidiff and a build without instrumentation")
  return()
endif()

# Class bodies belong into the debug information of every file that names them; by default they are
# only where the vtable is, and an inserted virtual function would go unseen.
set(flags -std=c++20 -g -fPIC -ffile-prefix-map=${PROJECT_SOURCE_DIR}=.)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  list(APPEND flags -femit-class-debug-always)
else()
  list(APPEND flags -fstandalone-debug)
endif()

set(baseline ${PROJECT_SOURCE_DIR}/sdk/abi/v0.abixml)
add_library(holdfast_abi_probe SHARED ${PROJECT_SOURCE_DIR}/sdk/abi/probe.cpp)
target_compile_options(holdfast_abi_probe PRIVATE ${flags})
target_link_libraries(holdfast_abi_probe PRIVATE holdfast::sdk)
set_target_properties(holdfast_abi_probe PROPERTIES NO_SONAME ON)

set(check ${HOLDFAST_ABIDIFF} ${baseline} $<TARGET_FILE:holdfast_abi_probe>)
set(selftest ${PROJECT_SOURCE_DIR}/sdk/abi/selftest.sh ${HOLDFAST_ABIDIFF} ${baseline}
  ${PROJECT_SOURCE_DIR}/sdk ${CMAKE_CXX_COMPILER} ${flags})

add_custom_target(abi_check COMMAND ${check} COMMAND_EXPAND_LISTS VERBATIM)
add_custom_target(abi_check_selftest COMMAND ${selftest} COMMAND_EXPAND_LISTS VERBATIM)
add_custom_target(abi_dump
  COMMAND ${HOLDFAST_ABIDW} --no-corpus-path --no-comp-dir-path --no-show-locs --type-id-style hash
    --out-file ${baseline} $<TARGET_FILE:holdfast_abi_probe>
  VERBATIM)

if(HOLDFAST_TESTS)
  add_test(NAME structure.abi_check COMMAND ${check})
  add_test(NAME structure.abi_check_selftest COMMAND ${selftest} COMMAND_EXPAND_LISTS)
  set_tests_properties(structure.abi_check structure.abi_check_selftest PROPERTIES
    LABELS structure TIMEOUT 60)
endif()
