# Finds jq's library, for which Debian ships neither a CMake package nor a pkg-config file. Target: JQ::jq.
find_library(JQ_LIBRARY jq)
find_path(JQ_INCLUDE_DIR jq.h)
mark_as_advanced(JQ_LIBRARY JQ_INCLUDE_DIR)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(JQ REQUIRED_VARS JQ_LIBRARY JQ_INCLUDE_DIR)

if(JQ_FOUND AND NOT TARGET JQ::jq)
  add_library(JQ::jq UNKNOWN IMPORTED)
  set_target_properties(JQ::jq PROPERTIES IMPORTED_LOCATION "${JQ_LIBRARY}" INTERFACE_INCLUDE_DIRECTORIES "${JQ_INCLUDE_DIR}")
endif()
