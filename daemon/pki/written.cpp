#include "pki/written.h"

#include <stdexcept>

#include <fmt/format.h>

#include "files/new_file.h"

namespace sluice::pki {

std::string text_in(BIO* memory) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory, &data);
  return {data, static_cast<std::size_t>(size)};
}

void throw_openssl() {
  throw std::runtime_error("OpenSSL: " + record::openssl::last_error());
}

Result<void> written(const std::filesystem::path& file,
                     const std::expected<void, std::error_code>& outcome) {
  if (outcome) return {};
  if (outcome.error() == std::errc::file_exists) {
    return std::unexpected(PkiFailure{PkiProblem::exists, file.string(),
                                      "it is there already, and nothing is overwritten: move it "
                                      "away first, if it is not needed any more"});
  }
  return std::unexpected(
      PkiFailure{PkiProblem::not_written, file.string(),
                 fmt::format("can not be written: {}", files::to_sentence(outcome.error()))});
}

}  // namespace sluice::pki
