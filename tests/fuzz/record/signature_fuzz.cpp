// No bytes pass for a signature under an authority whose key nobody has.
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include <unistd.h>

#include "record/signature.h"
#include "tests/fuzz/record/demand.h"

namespace {

using namespace sluice::record;

// CN=Nobody, P-256; its private key was thrown away.
constexpr std::string_view authority =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBejCCAR+gAwIBAgIUBVTPv9eLIJl5jyIcjH4T8PLajTIwCgYIKoZIzj0EAwIw\n"
    "ETEPMA0GA1UEAwwGTm9ib2R5MCAXDTI2MTEyMzA1NDUwMloYDzIxMDAxMDI2MDU0\n"
    "NTAyWjARMQ8wDQYDVQQDDAZOb2JvZHkwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC\n"
    "AARaY1CSyq7whH/OgqqrPL/DW9X0CsdrIvbZBbHUAaSMSWF2N3JzdpPBcudDe0EC\n"
    "fiz2I8rl7jiVjO7vhabRrAn5o1MwUTAdBgNVHQ4EFgQUaFr5qUcCS5Gt6GucZIbf\n"
    "GToykEswHwYDVR0jBBgwFoAUaFr5qUcCS5Gt6GucZIbfGToykEswDwYDVR0TAQH/\n"
    "BAUwAwEB/zAKBggqhkjOPQQDAgNJADBGAiEA0fcRk+jGFiHf7gEZ/dSS+Bq3tDSm\n"
    "lvehDcdB1NJ4gbgCIQDZeWbZ2uZLZXy917qizP2BXeLXk285S3ejaUNJkNX6eA==\n"
    "-----END CERTIFICATE-----\n";

Verifier make_verifier() {
  std::string name = (std::filesystem::temp_directory_path() / "sluice-fuzz-XXXXXX").string();
  const int handle = mkstemp(name.data());
  sluice::fuzz::demand(handle >= 0, "there is a place for a temporary file");
  close(handle);
  std::ofstream(name) << authority;
  auto verifier = Verifier::load(name, {});
  std::filesystem::remove(name);
  return std::move(verifier.value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Verifier verifier = make_verifier();
  const std::string_view signature(reinterpret_cast<const char*>(data), size);
  const auto noon = parse_time("2026-11-23T12:00:00.000Z").value();
  const auto judgement = Judgement::of_arrival(noon, noon);
  const auto signatory = verifier.verify("content", signature, judgement);
  sluice::fuzz::demand(!signatory.has_value(), "nothing is signed by nobody");
  sluice::fuzz::demand(!signatory.error().sentence.empty(), "a refusal says why");
  return 0;
}
