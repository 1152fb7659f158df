# SPDX-License-Identifier: Apache-2.0
#
# holdfast_core_library(<name> [SOURCES <file>...] [DEPENDS <target>...])
#
# One folder of core/ as the static library holdfast_<name>, alias holdfast::<name>. Headers are
# included relative to core/: `#include "model/target.hpp"`. Without SOURCES it is header-only.
#
# holdfast_unit_test(<name> SOURCES <file>... [DEPENDS <target>...] [DEFINITIONS <def>...]
#                    [LABELS <label>] [TIMEOUT <seconds>] [RESOURCE_LOCK <name>]
#                    [FIXTURE <name>])
#
# A GoogleTest program test_<name>; every TEST in it becomes a ctest of its own with one label: unit
# unless LABELS says component, engine, ... (one only: gtest_discover_tests of CMake 3.25 takes a list
# of labels apart). TIMEOUT is per TEST, 60 s by default. Tests that share a machine-wide resource
# (a port, a Docker engine) name it in RESOURCE_LOCK and never run at the same time. FIXTURE names
# what has to be set up before (FIXTURES_REQUIRED of ctest).
# Sources may include fixtures relative to tests/.

include_guard(GLOBAL)
include(GoogleTest)
include(HoldfastPrecompiled)

function(holdfast_core_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;DEPENDS")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "holdfast_core_library(${name}): unexpected '${arg_UNPARSED_ARGUMENTS}'")
  endif()
  set(target holdfast_${name})
  if(arg_SOURCES)
    add_library(${target} STATIC ${arg_SOURCES})
    set(scope PUBLIC)
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  add_library(holdfast::${name} ALIAS ${target})
  target_include_directories(${target} ${scope} ${PROJECT_SOURCE_DIR}/core)
  target_link_libraries(${target} ${scope} ${arg_DEPENDS})
  holdfast_precompile(${target})
endfunction()

function(holdfast_unit_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "LABELS;TIMEOUT;RESOURCE_LOCK;FIXTURE"
    "SOURCES;DEPENDS;DEFINITIONS")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "holdfast_unit_test(${name}): unexpected '${arg_UNPARSED_ARGUMENTS}'")
  endif()
  if(NOT arg_LABELS)
    set(arg_LABELS unit)
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 60)
  endif()
  set(properties LABELS ${arg_LABELS} TIMEOUT ${arg_TIMEOUT})
  if(arg_RESOURCE_LOCK)
    list(APPEND properties RESOURCE_LOCK ${arg_RESOURCE_LOCK})
  endif()
  if(arg_FIXTURE)
    list(APPEND properties FIXTURES_REQUIRED ${arg_FIXTURE})
  endif()

  set(target test_${name})
  add_executable(${target} ${arg_SOURCES})
  target_link_libraries(${target} PRIVATE ${arg_DEPENDS} GTest::gmock_main)
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_compile_definitions(${target} PRIVATE ${arg_DEFINITIONS})
  holdfast_precompile(${target})
  # Asked for its tests when ctest runs, not while building: a cross-compiled tree builds as well,
  # and a crash at start-up is a failing test, not a broken build.
  gtest_discover_tests(${target}
    DISCOVERY_MODE PRE_TEST
    DISCOVERY_TIMEOUT 60
    TEST_PREFIX ${name}.
    PROPERTIES ${properties})
endfunction()
