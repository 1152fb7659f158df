# SPDX-License-Identifier: Apache-2.0
#
# holdfast_precompile(<target>)
#
# Lets a target of this tree take the headers that most of its files include (the standard library,
# Boost.JSON; GoogleTest for a test program) from one precompiled header: parsing them is half of the
# time of a build. Files still include what they use: the presets `clang` and `tidy` compile without
# it and notice what is missing.

include_guard(GLOBAL)
option(HOLDFAST_PRECOMPILE "Use precompiled headers for libraries and tests of this tree" ON)

set(_holdfast_precompiled
  <algorithm> <array> <chrono> <cstdint> <filesystem> <functional> <map> <memory> <optional> <set>
  <string> <string_view> <utility> <vector> <boost/json.hpp>)

# The compiler takes a precompiled header only with the options and definitions that it was made
# with. So there is one for libraries and one for programs, and every target that uses them has the
# definitions of the libraries that some of them link.
function(_holdfast_take_precompiled target)
  target_compile_definitions(${target} PRIVATE
    $<TARGET_PROPERTY:Boost::json,INTERFACE_COMPILE_DEFINITIONS>
    $<TARGET_PROPERTY:Poco::Foundation,INTERFACE_COMPILE_DEFINITIONS>)
  # ccache's manual, "Precompiled headers".
  target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
endfunction()

function(_holdfast_add_precompiled target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "HEADERS;LIBRARIES")
  file(CONFIGURE OUTPUT ${target}.cpp CONTENT "")
  if(target MATCHES "_test$")
    file(CONFIGURE OUTPUT ${target}.cpp CONTENT "int main() {}\n")
    add_executable(${target} ${CMAKE_CURRENT_BINARY_DIR}/${target}.cpp)
  else()
    add_library(${target} OBJECT ${CMAKE_CURRENT_BINARY_DIR}/${target}.cpp)
  endif()
  target_link_libraries(${target} PRIVATE ${arg_LIBRARIES})
  _holdfast_take_precompiled(${target})
  target_precompile_headers(${target} PRIVATE ${arg_HEADERS})
endfunction()

function(holdfast_precompile target)
  if(NOT HOLDFAST_PRECOMPILE)
    return()
  endif()
  get_target_property(type ${target} TYPE)
  if(type STREQUAL "INTERFACE_LIBRARY")
    return()
  endif()
  if(type STREQUAL "EXECUTABLE")
    set(from holdfast_precompiled_test)
    set(more HEADERS ${_holdfast_precompiled} <gmock/gmock.h> <gtest/gtest.h>
      LIBRARIES Boost::json GTest::gmock_main)
  else()
    set(from holdfast_precompiled)
    set(more HEADERS ${_holdfast_precompiled} LIBRARIES Boost::json)
  endif()
  if(NOT TARGET ${from})
    _holdfast_add_precompiled(${from} ${more})
  endif()
  _holdfast_take_precompiled(${target})
  target_precompile_headers(${target} REUSE_FROM ${from})
endfunction()
