# Turns nicknames.tsv into C: cmake -DTABLE=nicknames.tsv -DOUT=FILE -P nicknames.cmake
# What it writes: short forms in lower case with their full names, and the particles, both ascending by bytes.
file(STRINGS ${TABLE} lines ENCODING UTF-8)
set(nicks "")
set(particles "")
foreach(line IN LISTS lines)
  if(line MATCHES "^(#|$)")
    continue()
  endif()
  if(NOT line MATCHES "^(nick|particle)\t([^\t]+)\t([^\t]+)$")
    message(FATAL_ERROR "${TABLE}: expected class, value and phrases parted by tabs: ${line}")
  endif()
  set(class ${CMAKE_MATCH_1})
  string(TOLOWER "${CMAKE_MATCH_2}" full)
  string(REPLACE "|" ";" phrases "${CMAKE_MATCH_3}")
  foreach(phrase IN LISTS phrases)
    string(TOLOWER "${phrase}" phrase)
    if(class STREQUAL nick)
      list(APPEND nicks "${phrase}\", \"${full}")
    else()
      list(APPEND particles "${phrase}")
    endif()
  endforeach()
endforeach()
list(SORT nicks)
list(SORT particles)
list(REMOVE_DUPLICATES nicks)
list(REMOVE_DUPLICATES particles)
list(JOIN nicks "\"},\n    {\"" nicks)
list(JOIN particles "\",\n    \"" particles)
file(WRITE ${OUT} "#include \"core/model/nicknames.h\"

const ro_nickname RO_NICKNAMES[] = {
    {\"${nicks}\"}};
const size_t RO_NICKNAME_COUNT = sizeof RO_NICKNAMES / sizeof *RO_NICKNAMES;

const char *const RO_PARTICLES[] = {
    \"${particles}\"};
const size_t RO_PARTICLE_COUNT = sizeof RO_PARTICLES / sizeof *RO_PARTICLES;
")
