# What embedding scripts share: the bytes of files as the inside of a C array.
# bytes(LIST SIZE HEX): hexadecimal digits to "0x41,0x42,…", eight a line, and how many there are.
function(bytes list size hex)
  string(LENGTH "${hex}" digits)
  math(EXPR count "${digits} / 2")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," text "${hex}")
  set(byte "0x[0-9a-f][0-9a-f],")
  string(REGEX REPLACE "(${byte}${byte}${byte}${byte}${byte}${byte}${byte}${byte})" "\\1\n" text "${text}")
  set(${list} "${text}" PARENT_SCOPE)
  set(${size} ${count} PARENT_SCOPE)
endfunction()
