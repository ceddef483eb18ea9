#include "record/signature.h"

#include <gtest/gtest.h>
#include <malloc.h>

#include "support/batch_builder.h"

namespace sluice::record {
namespace {

using test::moment;

const Time noon = moment("2026-11-23T12:00:00.000Z");

TEST(Signature, TellsWhoSignedAndWhen) {
  const test::SigningNode node;
  const auto before = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const std::string signature = node.signer.sign("content");
  const auto signatory = node.verifier().verify("content", signature, noon);
  ASSERT_TRUE(signatory) << to_string(signatory.error());
  EXPECT_EQ(signatory->subject, "CN=front-end-1");
  EXPECT_EQ(signatory->subject, node.signer.subject());
  EXPECT_GE(signatory->signed_at, before);
}

SignatureProblem problem_of(const Verifier& verifier, std::string_view content,
                            std::string_view signature, Time at = noon) {
  const auto signatory = verifier.verify(content, signature, at);
  if (signatory) throw std::logic_error("the signature is good");
  EXPECT_FALSE(signatory.error().sentence.empty());
  return signatory.error().code;
}

TEST(Signature, OverOtherContentIsRefused) {
  const test::SigningNode node;
  const std::string signature = node.signer.sign("content");
  const auto verifier = node.verifier();
  EXPECT_EQ(problem_of(verifier, "Content", signature), SignatureProblem::wrong_digest);
  EXPECT_EQ(problem_of(verifier, "content\n", signature), SignatureProblem::wrong_digest);
  EXPECT_EQ(problem_of(verifier, "", signature), SignatureProblem::wrong_digest);
  EXPECT_EQ(problem_of(verifier, {}, signature), SignatureProblem::wrong_digest);
}

TEST(Signature, OverNothingIsGoodForNothing) {
  const test::SigningNode node;
  EXPECT_TRUE(node.verifier().verify("", node.signer.sign({}), noon));
}

TEST(Signature, OfAnotherAuthorityIsRefusedEvenOfTheSameName) {
  const test::SigningNode ours;
  const test::SigningNode theirs;
  EXPECT_EQ(problem_of(ours.verifier(), "content", theirs.signer.sign("content")),
            SignatureProblem::untrusted);
}

TEST(Signature, IsJudgedForTheMomentThatTheCallerNames) {
  const test::SigningNode node;
  const std::string signature = node.signer.sign("content");
  EXPECT_EQ(problem_of(node.verifier(), "content", signature, moment("2091-01-01T00:00:00.000Z")),
            SignatureProblem::expired);
  EXPECT_EQ(problem_of(node.verifier(), "content", signature, moment("2019-01-01T00:00:00.000Z")),
            SignatureProblem::expired);
}

TEST(Signature, ThatIsSpoiledAnywhereIsRefusedOrStillTheSame) {
  const test::SigningNode node;
  const std::string signature = node.signer.sign("content");
  const auto verifier = node.verifier();
  EXPECT_EQ(problem_of(verifier, "content", ""), SignatureProblem::unreadable);
  EXPECT_EQ(problem_of(verifier, "content", "not DER at all"), SignatureProblem::unreadable);
  EXPECT_EQ(problem_of(verifier, "content", signature.substr(0, signature.size() / 2)),
            SignatureProblem::unreadable);
  EXPECT_EQ(problem_of(verifier, "content", signature + "x"), SignatureProblem::unreadable);
  for (std::size_t at = 0; at < signature.size(); at += 7) {
    std::string flipped = signature;
    flipped[at] = static_cast<char>(flipped[at] ^ 1);
    EXPECT_FALSE(verifier.verify("other content", flipped, noon)) << at;
  }
}

// CMS, RFC 5652, 5.1: digestAlgorithms may be empty. It is the first SET; around it are three
// lengths of two bytes each.
std::string without_digest_algorithms(std::string signature) {
  const std::size_t set = signature.find('\x31');
  const auto size = static_cast<unsigned char>(signature.at(set + 1));
  signature.erase(set + 2, size);
  signature[set + 1] = 0;
  std::size_t outer = 0;
  for (int found = 0; found < 3; ++outer) {
    if (signature.at(outer) != '\x82') continue;
    const int length = static_cast<unsigned char>(signature.at(outer + 1)) * 256 +
                       static_cast<unsigned char>(signature.at(outer + 2)) - size;
    signature[outer + 1] = static_cast<char>(length / 256);
    signature[outer + 2] = static_cast<char>(length % 256);
    outer += 2;
    ++found;
  }
  return signature;
}

TEST(Signature, ThatNamesNoDigestAlgorithmIsRefusedAndLeavesNoMemoryBehind) {
  const test::SigningNode node;
  const std::string signature = without_digest_algorithms(node.signer.sign("content"));
  const auto verifier = node.verifier();
  EXPECT_EQ(problem_of(verifier, "content", signature), SignatureProblem::wrong_digest);
  const auto verify_often = [&] {
    for (int i = 0; i < 1000; ++i)
      EXPECT_FALSE(verifier.verify("content", signature, noon));
    return mallinfo2().uordblks;
  };
  // What OpenSSL keeps for the next time it has after the first thousand. (Under a sanitizer there
  // is nothing to count, and the sanitizer itself looks for what is left.)
  const std::size_t before = verify_often();
  EXPECT_LE(verify_often(), before + 32'000) << "32 bytes each: a BIO has more than a hundred";
}

struct Revoked {
  test::SigningNode node;
  Time at = moment("2026-06-01T00:00:00.000Z");
  Verifier verifier = [this] {
    const auto file = node.directory / "crl.pem";
    test::write_file(file, node.authority.revocation_list({{node.issued.serial, at}},
                                                          {moment("2026-07-01T00:00:00.000Z"),
                                                           moment("2027-01-01T00:00:00.000Z")}));
    return Verifier::load(node.authorities(), file).value();
  }();
};

TEST(RevokedCertificate, IsRefused) {
  const Revoked revoked;
  const std::string signature = revoked.node.signer.sign("content");
  EXPECT_EQ(problem_of(revoked.verifier, "content", signature), SignatureProblem::revoked);
}

// What lies in an archive was received before: today's list must not spoil it.
TEST(RevokedCertificate, IsGoodForWhatWasReceivedBeforeItsRevocation) {
  const Revoked revoked;
  const std::string signature = revoked.node.signer.sign("content");
  EXPECT_TRUE(revoked.verifier.verify("content", signature, moment("2026-05-31T23:59:59.000Z")));
  EXPECT_EQ(problem_of(revoked.verifier, "content", signature, revoked.at),
            SignatureProblem::revoked);
}

TEST(RevocationList, ThatIsOutOfDateFailsClosed) {
  const Revoked revoked;
  const std::string signature = revoked.node.signer.sign("content");
  EXPECT_EQ(problem_of(revoked.verifier, "content", signature, moment("2027-02-01T00:00:00.000Z")),
            SignatureProblem::expired);
}

TEST(RevocationList, ThatDoesNotNameTheSignerLetsItThrough) {
  const test::SigningNode node;
  const auto file = node.directory / "crl.pem";
  test::write_file(file,
                   node.authority.revocation_list(
                       {{node.issued.serial + 1, moment("2026-06-01T00:00:00.000Z")}},
                       {moment("2026-07-01T00:00:00.000Z"), moment("2027-01-01T00:00:00.000Z")}));
  const auto verifier = Verifier::load(node.authorities(), file).value();
  EXPECT_TRUE(verifier.verify("content", node.signer.sign("content"), noon));
}

TEST(RevocationList, OfAnotherAuthorityDoesNotAnswerForOurs) {
  const test::SigningNode node;
  const test::TestAuthority other("Other Authority");
  const auto file = node.directory / "crl.pem";
  test::write_file(file, other.revocation_list({}, {moment("2026-07-01T00:00:00.000Z"),
                                                    moment("2027-01-01T00:00:00.000Z")}));
  const auto verifier = Verifier::load(node.authorities(), file).value();
  EXPECT_EQ(problem_of(verifier, "content", node.signer.sign("content")),
            SignatureProblem::unlisted);
}

TEST(Signer, RefusesAKeyThatOthersCanRead) {
  const test::SigningNode node;
  std::filesystem::permissions(node.files.key, std::filesystem::perms::others_read,
                               std::filesystem::perm_options::add);
  const auto signer = Signer::load(node.files.certificate, node.files.key);
  ASSERT_FALSE(signer);
  EXPECT_EQ(signer.error().code, SignatureProblem::unreadable);
  EXPECT_EQ(signer.error().place, node.files.key.string());
}

TEST(Signer, RefusesAKeyOfAnotherCertificateAndFilesThatAreNone) {
  const test::SigningNode node;
  const test::SigningNode other;
  EXPECT_FALSE(Signer::load(node.files.certificate, other.files.key));
  EXPECT_FALSE(Signer::load(node.files.key, node.files.key));
  EXPECT_FALSE(Signer::load(node.files.certificate, node.files.certificate));
  EXPECT_FALSE(Signer::load(node.directory / "nowhere", node.files.key));
  EXPECT_FALSE(Signer::load(node.files.certificate, node.directory / "nowhere"));
}

TEST(Verifier, RefusesBundlesThatAreNone) {
  const test::SigningNode node;
  EXPECT_FALSE(Verifier::load(node.directory / "nowhere", {}));
  EXPECT_FALSE(Verifier::load(node.files.key, {}));
  EXPECT_FALSE(Verifier::load(node.authorities(), node.directory / "nowhere"));
  EXPECT_FALSE(Verifier::load(node.authorities(), node.files.key));
}

}  // namespace
}  // namespace sluice::record
