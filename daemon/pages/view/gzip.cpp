#include "pages/view/gzip.h"

#include <new>

#include <zlib.h>

namespace sluice::pages {
namespace {

class Deflater {
 public:
  Deflater() {
    constexpr int gzip_window = 15 + 16;  // zlib's way to ask for gzip's head and tail
    constexpr int memory = 8;             // its default
    if (deflateInit2(&stream_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, gzip_window, memory,
                     Z_DEFAULT_STRATEGY) != Z_OK)
      throw std::bad_alloc();
  }
  ~Deflater() { deflateEnd(&stream_); }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  std::string deflate_all(std::string_view bytes) {
    std::string result(deflateBound(&stream_, bytes.size()), '\0');
    // zlib reads it only; its interface is older than const.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
    stream_.next_out = reinterpret_cast<Bytef*>(result.data());
    stream_.avail_out = static_cast<uInt>(result.size());
    deflate(&stream_, Z_FINISH);  // all at once: there is room as deflateBound says
    result.resize(stream_.total_out);
    return result;
  }

 private:
  z_stream stream_{};
};

}  // namespace

std::string gzip(std::string_view bytes) {
  return Deflater().deflate_all(bytes);
}

}  // namespace sluice::pages
