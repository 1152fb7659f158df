# SPDX-License-Identifier: Apache-2.0
#
# holdfast_add_plugin(<name> SOURCES <file>... [LIBRARIES <target>...] [NO_INSTALL])
#
# Adds the module target <name>, built as <name>.so with exactly one exported symbol, the descriptor
# `holdfast_plugin_v1`. Everything else stays hidden, so that two plugins built from the same static
# library never bind to each other's globals. Undefined symbols fail the link, not the load.
#
# The file is put into ${CMAKE_BINARY_DIR}/plugins and installed to <libdir>/holdfast/plugins;
# NO_INSTALL leaves it in the build tree (test fixtures).
#
# This file and plugin.map are installed with the SDK: `find_package(holdfast-sdk)` provides the
# function to projects outside this tree.

include_guard(GLOBAL)
include(GNUInstallDirs)

function(holdfast_add_plugin name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "NO_INSTALL" "" "SOURCES;LIBRARIES")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "holdfast_add_plugin(${name}): unexpected '${arg_UNPARSED_ARGUMENTS}'; "
                        "expected SOURCES, LIBRARIES or NO_INSTALL")
  endif()
  if(NOT arg_SOURCES)
    message(FATAL_ERROR "holdfast_add_plugin(${name}): SOURCES is missing")
  endif()

  set(map ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/plugin.map)
  add_library(${name} MODULE ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE holdfast::sdk ${arg_LIBRARIES})
  target_compile_features(${name} PRIVATE cxx_std_20)
  set_target_properties(${name} PROPERTIES
    PREFIX ""
    SUFFIX ".so"
    CXX_EXTENSIONS OFF
    C_VISIBILITY_PRESET hidden
    CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON
    LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/plugins
    LINK_DEPENDS ${map})
  target_link_options(${name} PRIVATE -Wl,-z,now -Wl,--version-script=${map})

  # clang leaves the sanitizer run time undefined in shared objects; the host provides it.
  if(NOT (HOLDFAST_SANITIZE AND CMAKE_CXX_COMPILER_ID MATCHES "Clang"))
    target_link_options(${name} PRIVATE -Wl,-z,defs)
  endif()

  if(NOT arg_NO_INSTALL)
    install(TARGETS ${name} LIBRARY
      DESTINATION ${CMAKE_INSTALL_LIBDIR}/holdfast/plugins COMPONENT holdfast-plugin-${name})
  endif()
endfunction()
