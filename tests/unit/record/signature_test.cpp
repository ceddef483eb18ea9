#include "record/signature.h"

#include <gtest/gtest.h>

#include "unit/record/batch_builder.h"

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
            SignatureProblem::untrusted);
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
