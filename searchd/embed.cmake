# Makes a C table of the files of the search page, each as it is and compressed:
# cmake -DOUT=FILE -DFILES=a.html;b.js -P embed.cmake
include(${CMAKE_CURRENT_LIST_DIR}/../cmake/bytes.cmake)
set(arrays "")
set(rows "")
set(number 0)
foreach(file ${FILES})
  get_filename_component(name ${file} NAME)
  file(READ ${file} hex HEX)
  bytes(plain plain_size "${hex}")
  file(ARCHIVE_CREATE OUTPUT ${OUT}.gz PATHS ${file} FORMAT raw COMPRESSION GZip COMPRESSION_LEVEL 9)
  file(READ ${OUT}.gz hex HEX)
  file(REMOVE ${OUT}.gz)
  bytes(gzip gzip_size "${hex}")
  file(SHA256 ${file} hash)
  string(SUBSTRING ${hash} 0 16 tag)
  string(APPEND arrays "static const unsigned char plain_${number}[] = {\n${plain}};\n"
                       "static const unsigned char gzip_${number}[] = {\n${gzip}};\n")
  string(APPEND rows "    {\"${name}\", \"${tag}\", {(const char *)plain_${number}, ${plain_size}}, "
                     "{(const char *)gzip_${number}, ${gzip_size}}},\n")
  math(EXPR number "${number} + 1")
endforeach()
file(WRITE ${OUT} "#include \"searchd/page.h\"\n\n${arrays}\nconst ro_page_file RO_PAGE_FILES[] = {\n${rows}};\n"
                  "const size_t RO_PAGE_FILE_COUNT = ${number};\n")
