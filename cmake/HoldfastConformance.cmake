# SPDX-License-Identifier: Apache-2.0
#
# holdfast_add_conformance_test(<plugin> [OPTIONS <file>])
#
# Adds the ctest conformance.<plugin>: the conformance program of the plugin's kind, on the file of
# the target <plugin>. OPTIONS is a file with the plugin's options and the facts about its far side
# that the kit needs (README.md of the kit), relative to the current source folder.
#
# This file is installed with the SDK: `find_package(holdfast-sdk)` provides the function, and the
# programs that it runs, to projects outside this tree.

include_guard(GLOBAL)

function(holdfast_add_conformance_test plugin)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "OPTIONS" "")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "holdfast_add_conformance_test(${plugin}): unexpected "
                        "'${arg_UNPARSED_ARGUMENTS}'; expected OPTIONS <file>")
  endif()
  if(NOT TARGET ${plugin})
    message(FATAL_ERROR "holdfast_add_conformance_test(${plugin}): there is no target of this name; "
                        "holdfast_add_plugin() makes one")
  endif()
  if(NOT TARGET holdfast::holdfast-conformance)
    message(FATAL_ERROR "holdfast_add_conformance_test(${plugin}): this SDK was built without the "
                        "conformance programs (HOLDFAST_CONFORMANCE)")
  endif()

  set(command $<TARGET_FILE:holdfast::holdfast-conformance> --plugin $<TARGET_FILE:${plugin}>)
  if(arg_OPTIONS)
    get_filename_component(options ${arg_OPTIONS} ABSOLUTE)
    list(APPEND command --options ${options})
  endif()
  add_test(NAME conformance.${plugin} COMMAND ${command})
  set_tests_properties(conformance.${plugin} PROPERTIES LABELS conformance TIMEOUT 300)
endfunction()
