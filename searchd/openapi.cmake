# Makes a C string of the description of the API: cmake -DOUT=FILE -DFILE=openapi.json -P openapi.cmake
include(${CMAKE_CURRENT_LIST_DIR}/../cmake/bytes.cmake)
file(READ ${FILE} hex HEX)
bytes(text size "${hex}")
file(WRITE ${OUT} "#include \"searchd/operations.h\"\n\nstatic const unsigned char text[] = {\n${text}};\n\n"
                  "const ro_str RO_OPENAPI = {(const char *)text, ${size}};\n")
