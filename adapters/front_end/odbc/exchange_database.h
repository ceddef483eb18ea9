// How a bureau's exchange database is reached, as the bureau's configuration says it.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

namespace sluice::adapters::front_end {

// How text is fetched: as wide characters, or as bytes of UTF-8 where the driver is known to give
// those (automatic); or as bytes, which are in the encoding named.
enum class TextEncoding { automatic, utf_8, gb18030 };

struct ExchangeDatabase {
  std::string connection;               // ODBC connection string, without the password
  std::filesystem::path password_file;  // empty: none
  TextEncoding encoding = TextEncoding::automatic;
  std::string time_zone = "Asia/Shanghai";  // IANA; of its timestamps without a zone
  std::chrono::seconds login_timeout{10};
  std::chrono::seconds query_timeout{300};
  // Rows asked for at once: what bounds memory with drivers that buffer a whole result.
  std::uint64_t page_rows = 10'000;
  bool write_back = false;  // whether anything may be written to it at all
};

}  // namespace sluice::adapters::front_end
