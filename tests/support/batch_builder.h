// A signed batch, ready to be sent or spoiled.
#pragma once

#include "record/batch.h"
#include "record/keyring.h"
#include "record/manifest.h"
#include "support/temporary_directory.h"
#include "support/test_authority.h"

namespace sluice::record::test {

inline Time moment(std::string_view text) {
  return parse_time(text).value();
}

inline const std::string sample_lines =
    "U\t2026-11-23T04:44:00Z\t91350100M000100Y43\t海淀\\t店\t\\N\n"
    "U\t\\N\t91110108MA000016X0\tB\t1.5\n"
    "D\t\\N\t91350100M000100Y43\t\\N\t\\N\n";

inline BatchOrigin sample_origin() {
  return {.stream = {BureauId("national-tax"), {1'790'000'000'000}},
          .dataset = DatasetId("enterprise"),
          .schema = sha256("schema"),
          .mode = Mode::disk,
          .collected_at = moment("2026-11-23T04:44:00.125Z"),
          .carries_case_numbers = true};
}

// A node with its own authority; its certificate holds from 2020 to 2090, so that stock tools,
// which go by this machine's clock, take it too.
struct SigningNode {
  TemporaryDirectory directory;
  TestAuthority authority{"Test Authority"};
  TestAuthority::Issued issued = authority.issue(
      "front-end-1", {moment("2020-01-01T00:00:00.000Z"), moment("2090-01-01T00:00:00.000Z")});
  SignerFiles files = write_signer(issued, directory.path(), "node");
  Signer signer = Signer::load(files.certificate, files.key).value();

  [[nodiscard]] std::filesystem::path authorities() const {
    const auto file = directory / "ca.pem";
    write_file(file, authority.certificate());
    return file;
  }
  [[nodiscard]] Verifier verifier() const { return Verifier::load(authorities(), {}).value(); }
  // With what it signs, and its own authority.
  [[nodiscard]] Credentials credentials() const {
    return {Signer::load(files.certificate, files.key).value(), verifier()};
  }
  // The same with another certificate of its authority.
  [[nodiscard]] Credentials credentials_of(const std::string& name, Validity validity) {
    const auto other = write_signer(authority.issue(name, validity), directory.path(), name);
    return {Signer::load(other.certificate, other.key).value(), verifier()};
  }
  [[nodiscard]] SealedBatch sealed(const ChainHead& head = {}) const {
    return seal(sample_origin(), compress_payload(sample_lines, {2}, {1}), head, signer);
  }
};

}  // namespace sluice::record::test
