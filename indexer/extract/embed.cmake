# Joins the lexicon files into one C array: cmake -DOUT=FILE -DFILES=a.tsv;b.tsv -P embed.cmake
include(${CMAKE_CURRENT_LIST_DIR}/../../cmake/bytes.cmake)
set(joined "")
foreach(file ${FILES})
  file(READ ${file} hex HEX)
  string(APPEND joined "${hex}0a")
endforeach()
bytes(list size "${joined}")
file(WRITE ${OUT} "#include \"indexer/extract/lexicon.h\"\n\nconst unsigned char LEXICON_BUILTIN[] = {\n${list}};\nconst size_t LEXICON_BUILTIN_SIZE = ${size};\n")
