# Writes the public headers as they are installed: their includes of each other begin with `sluice/`, so that a program's
# include path gets one name and not those of our folders. Adds <sluice/flow.hpp> and <sluice/runs.hpp>, which include all
# that is documented, and <sluice/host_actors.hpp> for what includes CAF. Files that stay the same keep their time.
#
#   cmake -D ROOT=project -D INTO=include/sluice -P cmake/package/write_headers.cmake
cmake_minimum_required(VERSION 3.25)

set(written "")

# write_header(PATH TEXT): writes PATH below INTO, unless it says that already.
function(write_header path text)
  set(written "${written};${path}" PARENT_SCOPE)
  if(EXISTS "${INTO}/${path}")
    file(READ "${INTO}/${path}" before)
    if(before STREQUAL text)
      return()
    endif()
  endif()
  file(WRITE "${INTO}/${path}" "${text}")
endfunction()

set(flow_includes "")
set(runs_includes "#include <sluice/flow.hpp>\n")
set(actors_includes "#include <sluice/flow.hpp>\n")
file(STRINGS "${CMAKE_CURRENT_LIST_DIR}/public_headers.txt" rows REGEX "^(flow|runs) ")
foreach(row IN LISTS rows)
  string(REGEX MATCH "^([a-z]+) +([a-z]+) +(.+)$" row "${row}")
  set(component "${CMAKE_MATCH_1}")
  set(reason "${CMAKE_MATCH_2}")
  set(header "${CMAKE_MATCH_3}")
  file(READ "${ROOT}/${header}" text)
  string(REGEX REPLACE "#include \"([^\"]+)\"" "#include <sluice/\\1>" text "${text}")
  write_header("${header}" "${text}")
  if(reason STREQUAL "documented")
    string(APPEND ${component}_includes "#include <sluice/${header}>\n")
  elseif(reason STREQUAL "actors")
    string(APPEND actors_includes "#include <sluice/${header}>\n")
  endif()
endforeach()

write_header(flow.hpp "#pragma once

/// @file
/// Everything documented of the component `flow`: graphs, their nodes, and the runtime they run in.

${flow_includes}")
write_header(runs.hpp "#pragma once

/// @file
/// Everything documented of the components `runs` and `flow`: durable runs, their steps, and operators' rules.

${runs_includes}")
write_header(host_actors.hpp "#pragma once

/// @file
/// Everything documented of the component `flow`, and actors of the program as ends of flows. Includes CAF.

${actors_includes}")

# What an earlier version had.
file(GLOB_RECURSE present RELATIVE "${INTO}" "${INTO}/*.hpp")
list(REMOVE_ITEM present ${written})
foreach(old IN LISTS present)
  file(REMOVE "${INTO}/${old}")
endforeach()
