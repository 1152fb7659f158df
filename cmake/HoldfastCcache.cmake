# SPDX-License-Identifier: Apache-2.0
#
# Compiles through ccache where it is installed; -DHOLDFAST_CCACHE= or another launcher turns it off.

find_program(HOLDFAST_CCACHE ccache)
if(HOLDFAST_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_C_COMPILER_LAUNCHER ${HOLDFAST_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${HOLDFAST_CCACHE})
endif()
