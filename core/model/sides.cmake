# Turns the table of sides into C: cmake -DTABLE=sides.tsv -DOUT=FILE -P sides.cmake
# What it writes: the lines, and every phrase by its key (side.c: lower case, no dots; with its marks and
# without), so that a phrase is found by halving. A key of several lines belongs to the class first named here.
# And the names of each country and bloc that mean the same.
set(classes country bloc nation metonym capital)
set(marked Å å á ã ă é É í ç ô ó ü ș ñ)
set(plain  A a a a a e E i c o o u s n)

file(STRINGS ${TABLE} lines ENCODING UTF-8)
set(table "")
set(keys "")
set(count 0)
set(before "")
foreach(line IN LISTS lines)
  if(line MATCHES "^(#|$)")
    continue()
  endif()
  if(NOT line MATCHES "^([a-z]+)\t([A-Z]+)\t([^\t]+)$")
    message(FATAL_ERROR "${TABLE}: expected class, code and phrases parted by tabs: ${line}")
  endif()
  set(class ${CMAKE_MATCH_1})
  set(code ${CMAKE_MATCH_2})
  set(phrases "${CMAKE_MATCH_3}")
  if(class STREQUAL apart)
    string(REPLACE "|" ";" phrases "${phrases}")
    list(REMOVE_ITEM same_${code} ${phrases})
    continue()
  endif()
  list(FIND classes ${class} rank)
  if(rank EQUAL -1)
    message(FATAL_ERROR "${TABLE}: unknown class: ${line}")
  endif()
  if(code STRLESS before)
    message(FATAL_ERROR "${TABLE}: codes are to stand in ascending order: ${line}")
  endif()
  set(before ${code})
  string(TOUPPER ${class} name)
  string(APPEND table "    {\"${code}\", RO_SIDE_${name}, \"${phrases}\"},\n")
  string(REPLACE "|" ";" phrases "${phrases}")
  if(class STREQUAL country OR class STREQUAL bloc)
    set(same_${code} "${phrases}")
    list(APPEND codes ${code})
  endif()
  foreach(phrase IN LISTS phrases)
    string(TOLOWER "${phrase}" phrase)
    string(REGEX REPLACE "[.']" "" phrase "${phrase}")
    string(REGEX REPLACE "[-, ]+" " " phrase "${phrase}")
    list(APPEND keys "${phrase}\t${rank}\t${count}")
    foreach(from to IN ZIP_LISTS marked plain)
      string(REPLACE "${from}" "${to}" phrase "${phrase}")
    endforeach()
    string(TOLOWER "${phrase}" phrase)
    list(APPEND keys "${phrase}\t${rank}\t${count}")
  endforeach()
  math(EXPR count "${count} + 1")
endforeach()

list(SORT keys)
set(index "")
set(last "")
foreach(entry IN LISTS keys)
  string(REPLACE "\t" ";" entry "${entry}")
  list(GET entry 0 key)
  list(GET entry 2 line)
  if(NOT key STREQUAL last)
    string(APPEND index "    {\"${key}\", ${line}},\n")
  endif()
  set(last "${key}")
endforeach()

set(same "")
foreach(code IN LISTS codes)
  list(LENGTH same_${code} length)
  if(length GREATER 1)
    list(JOIN same_${code} "|" phrases)
    string(APPEND same "    {\"${code}\", RO_SIDE_COUNTRY, \"${phrases}\"},\n")
  endif()
endforeach()

file(WRITE ${OUT} "#include \"core/model/sides.h\"

const ro_side_line RO_SIDE_LINES[] = {
${table}};
const size_t RO_SIDE_LINE_COUNT = sizeof RO_SIDE_LINES / sizeof *RO_SIDE_LINES;

const ro_side_line RO_SIDE_SAME[] = {
${same}};
const size_t RO_SIDE_SAME_COUNT = sizeof RO_SIDE_SAME / sizeof *RO_SIDE_SAME;

const ro_side_key RO_SIDE_KEYS[] = {
${index}};
const size_t RO_SIDE_KEY_COUNT = sizeof RO_SIDE_KEYS / sizeof *RO_SIDE_KEYS;
")
