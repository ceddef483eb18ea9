// A batch file is opened and verified by programs that know nothing of Sluice: the commands of
// docs/batch-format.md, run as they stand there.
#include <array>
#include <cstdio>
#include <memory>
#include <string>

#include <gtest/gtest.h>
#include <sys/wait.h>

#include "record/batch_file.h"
#include "support/batch_builder.h"

namespace sluice::record {
namespace {

struct Output {
  int status = -1;
  std::string text;
};

Output run(const std::filesystem::path& directory, const std::string& command) {
  const std::string line = "cd '" + directory.string() + "' && " + command + " 2>&1";
  FILE* const pipe = popen(line.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("popen failed");
  Output output;
  std::array<char, 4096> buffer{};
  while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    output.text.append(buffer.data(), count);
  }
  const int status = pclose(pipe);
  output.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return output;
}

class StockTools : public ::testing::Test {
 protected:
  StockTools() {
    static_cast<void>(node_.authorities());
    test::write_file(node_.directory / "batch.tar",
                     write_batch_file(sealed_.batch, sealed_.manifest.collected_at));
  }
  Output shell(const std::string& command) { return run(node_.directory.path(), command); }

  test::SigningNode node_;
  SealedBatch sealed_ = node_.sealed();
};

const std::string verify_command =
    "openssl cms -verify -binary -inform DER -in manifest.p7s -content manifest.json "
    "-CAfile ca.pem -purpose any -out /dev/null";

TEST_F(StockTools, TarListsTheThreeEntriesInTheirOrder) {
  EXPECT_EQ(shell("tar -tf batch.tar").text, "manifest.json\nmanifest.p7s\ndata.tsv.zst\n");
  EXPECT_NE(shell("TZ=UTC tar -tvf batch.tar").text.find("-rw------- 0/0"), std::string::npos);
  EXPECT_NE(shell("TZ=UTC tar -tvf batch.tar").text.find("2026-11-23 04:44"), std::string::npos);
}

TEST_F(StockTools, TarExtractsWhatWasPutIn) {
  ASSERT_EQ(shell("tar -xf batch.tar").status, 0);
  EXPECT_EQ(test::read_file(node_.directory / "manifest.json"), sealed_.batch.manifest);
  EXPECT_EQ(test::read_file(node_.directory / "manifest.p7s"), sealed_.batch.signature);
  EXPECT_EQ(test::read_file(node_.directory / "data.tsv.zst"), sealed_.batch.payload);
}

TEST_F(StockTools, OpensslVerifiesTheSignature) {
  ASSERT_EQ(shell("tar -xf batch.tar").status, 0);
  const Output good = shell(verify_command);
  EXPECT_EQ(good.status, 0) << good.text;
  ASSERT_EQ(shell("sed -i 's/\"sequence\": 1/\"sequence\": 2/' manifest.json").status, 0);
  EXPECT_NE(shell(verify_command).status, 0);
}

// Nodes sign with the certificate that they use for TLS, which is not one for e-mail.
TEST_F(StockTools, OpensslNeedsToBeToldThatAnyPurposeWillDoForATlsCertificate) {
  const auto issued = node_.authority.issue(
      "tls-node",
      {test::moment("2020-01-01T00:00:00.000Z"), test::moment("2090-01-01T00:00:00.000Z")},
      {.purposes = "clientAuth,serverAuth"});
  const auto files = test::write_signer(issued, node_.directory.path(), "tls");
  const Signer signer = Signer::load(files.certificate, files.key).value();
  test::write_file(node_.directory / "manifest.json", sealed_.batch.manifest);
  test::write_file(node_.directory / "manifest.p7s", signer.sign(sealed_.batch.manifest));
  EXPECT_EQ(shell(verify_command).status, 0);
  const std::string any = "-purpose any ";
  std::string by_default = verify_command;
  by_default.erase(by_default.find(any), any.size());
  EXPECT_NE(shell(by_default).status, 0);
  EXPECT_TRUE(
      node_.verifier().verify(sealed_.batch.manifest, signer.sign(sealed_.batch.manifest),
                              Judgement::of_kept(test::moment("2026-11-23T12:00:00.000Z"))));
}

TEST_F(StockTools, Sha256sumOfThePayloadIsWhatTheManifestSays) {
  ASSERT_EQ(shell("tar -xf batch.tar").status, 0);
  const std::string digest = shell("sha256sum data.tsv.zst").text.substr(0, 64);
  EXPECT_EQ(shell("grep -o '\"payload\": \"sha256:[0-9a-f]*\"' manifest.json").text,
            "\"payload\": \"sha256:" + digest + "\"\n");
}

TEST_F(StockTools, ZstdcatShowsTheLines) {
  ASSERT_EQ(shell("tar -xf batch.tar").status, 0);
  EXPECT_EQ(shell("zstdcat data.tsv.zst").text, test::sample_lines);
}

TEST_F(StockTools, TheNextManifestNamesTheDigestOfThisOne) {
  ASSERT_EQ(shell("tar -xf batch.tar").status, 0);
  const SealedBatch next = node_.sealed({{1}, sha256(sealed_.batch.manifest)});
  const std::string digest = shell("sha256sum manifest.json").text.substr(0, 64);
  EXPECT_EQ(to_string(next.manifest.previous), "sha256:" + digest);
}

TEST_F(StockTools, ATarThatGnuTarMadeIsABatchFile) {
  ASSERT_EQ(shell("tar -xf batch.tar").status, 0);
  for (const std::string format : {"ustar", "gnu", "pax"}) {
    ASSERT_EQ(
        shell("tar --format=" + format + " -cf again.tar manifest.json manifest.p7s data.tsv.zst")
            .status,
        0);
    const auto batch =
        read_batch_file(test::read_file(node_.directory / "again.tar"), {std::uint64_t{1} << 20});
    ASSERT_TRUE(batch) << format << ": " << to_string(batch.error());
    EXPECT_TRUE(verify(*batch, node_.verifier(), test::moment("2026-11-23T12:00:00.000Z")));
  }
}

}  // namespace
}  // namespace sluice::record
