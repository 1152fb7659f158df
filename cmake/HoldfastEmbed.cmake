# SPDX-License-Identifier: Apache-2.0
#
# holdfast_embed(<target> HEADER <header> NAMESPACE <namespace> FILES <file>...)
#
# Puts files into a library, so that a program carries them and reads nothing at run time. The
# library's sources include HEADER as it is written here ("api/openapi_document.hpp", generated in the
# build folder); it declares one std::string_view for each file in NAMESPACE, named after the file:
# openapi.json is kOpenapiJson, app.css kAppCss. A changed file is built in again.
#
# Run as a script (cmake -P) this file writes that source:
#   cmake -D FILES=<file>|<file>... -D HEADER=<header> -D NAMESPACE=<namespace> -D OUTPUT=<source>
#     -P HoldfastEmbed.cmake

# openapi.json -> kOpenapiJson
function(_holdfast_embed_name file out)
  get_filename_component(name ${file} NAME)
  string(REGEX MATCHALL "[A-Za-z0-9]+" words ${name})
  set(identifier k)
  foreach(word IN LISTS words)
    string(SUBSTRING ${word} 0 1 first)
    string(SUBSTRING ${word} 1 -1 rest)
    string(TOUPPER ${first} first)
    string(APPEND identifier ${first}${rest})
  endforeach()
  set(${out} ${identifier} PARENT_SCOPE)
endfunction()

if(CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)
  set(arrays "")
  set(views "")
  string(REPLACE "|" ";" files "${FILES}")
  foreach(file IN LISTS files)
    file(READ ${file} hex HEX)
    string(LENGTH "${hex}" digits)
    if(digits EQUAL 0)
      message(FATAL_ERROR "holdfast_embed: ${file} is empty")
    endif()
    math(EXPR size "${digits} / 2")
    string(REPEAT "[0-9a-f]" 32 line)
    string(REGEX REPLACE "(${line})" "\\1\n" hex "${hex}")
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${hex}")
    _holdfast_embed_name(${file} name)
    string(APPEND arrays "constexpr std::array<char, ${size}> ${name}Bytes{\n${bytes}};\n")
    string(APPEND views "const std::string_view ${name}{${name}Bytes.data(), ${name}Bytes.size()};\n")
  endforeach()
  file(WRITE ${OUTPUT} "#include \"${HEADER}\"\n\n#include <array>\n\nnamespace ${NAMESPACE} {\n"
    "namespace {\n\n${arrays}\n}  // namespace\n\n${views}\n}  // namespace ${NAMESPACE}\n")
  return()
endif()

include_guard(GLOBAL)
set(_holdfast_embed_script ${CMAKE_CURRENT_LIST_FILE})

function(holdfast_embed target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "HEADER;NAMESPACE" "FILES")
  if(arg_UNPARSED_ARGUMENTS OR NOT arg_HEADER OR NOT arg_NAMESPACE OR NOT arg_FILES)
    message(FATAL_ERROR "holdfast_embed(${target}): expected HEADER, NAMESPACE and FILES")
  endif()
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/embedded)
  string(REGEX REPLACE "[.][a-z]+$" ".cpp" source ${folder}/${arg_HEADER})

  set(declarations "")
  set(files "")
  foreach(file IN LISTS arg_FILES)
    _holdfast_embed_name(${file} name)
    string(APPEND declarations "extern const std::string_view ${name};\n")
    get_filename_component(file ${file} ABSOLUTE)
    list(APPEND files ${file})
  endforeach()
  file(CONFIGURE OUTPUT ${folder}/${arg_HEADER} @ONLY CONTENT
    "#pragma once\n\n#include <string_view>\n\nnamespace @arg_NAMESPACE@ {\n\n@declarations@\n}  // namespace @arg_NAMESPACE@\n")

  string(JOIN "|" joined ${files})
  add_custom_command(OUTPUT ${source}
    COMMAND ${CMAKE_COMMAND} "-DFILES=${joined}" -DHEADER=${arg_HEADER} -DNAMESPACE=${arg_NAMESPACE}
      -DOUTPUT=${source} -P ${_holdfast_embed_script}
    DEPENDS ${files} ${_holdfast_embed_script}
    COMMENT "Embedding ${arg_HEADER}"
    VERBATIM)
  target_sources(${target} PRIVATE ${source})
  target_include_directories(${target} PRIVATE ${folder})
endfunction()
