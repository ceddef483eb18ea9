#include "record/signature.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <malloc.h>
#include <openssl/cms.h>
#include <openssl/pem.h>

#include "record/openssl_handle.h"
#include "support/batch_builder.h"

namespace sluice::record {
namespace {

using test::moment;

const Time noon_time = moment("2026-11-23T12:00:00.000Z");
const Judgement noon = Judgement::of_arrival(noon_time, noon_time);

// Made and judged at this moment.
Judgement at(const std::string& text) {
  return Judgement::of_arrival(moment(text), moment(text));
}

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
                            std::string_view signature, const Judgement& judgement = noon) {
  const auto signatory = verifier.verify(content, signature, judgement);
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
  EXPECT_EQ(problem_of(node.verifier(), "content", signature, at("2091-01-01T00:00:00.000Z")),
            SignatureProblem::expired);
  EXPECT_EQ(problem_of(node.verifier(), "content", signature, at("2019-01-01T00:00:00.000Z")),
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

Time before(Time time) {
  return time - std::chrono::milliseconds(1);
}

struct Revoked {
  test::SigningNode node;
  std::string reason;
  Time at = moment("2026-06-01T00:00:00.000Z");
  test::Validity lists_hold{moment("2026-07-01T00:00:00.000Z"), moment("2027-01-01T00:00:00.000Z")};
  Verifier verifier = [this] {
    const auto file = node.directory / "crl.pem";
    test::write_file(
        file, node.authority.revocation_list({{node.issued.serial, at, reason}}, lists_hold));
    return Verifier::load(node.authorities(), file).value();
  }();

  explicit Revoked(std::string why = "") : reason(std::move(why)) {}

  // Issued then.
  [[nodiscard]] std::filesystem::path list_in_der(
      const std::string& name, const std::vector<test::TestAuthority::Revocation>& revoked,
      Time issued_at) const {
    const std::string pem = node.authority.revocation_list(revoked, {issued_at, lists_hold.until});
    const openssl::Bio text(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    const std::unique_ptr<X509_CRL, openssl::Free<X509_CRL_free>> list(
        PEM_read_bio_X509_CRL(text.get(), nullptr, nullptr, nullptr));
    unsigned char* der = nullptr;
    const int size = i2d_X509_CRL(list.get(), &der);
    const auto file = node.directory / name;
    test::write_file(file, {reinterpret_cast<char*>(der), static_cast<std::size_t>(size)});
    OPENSSL_free(der);
    return file;
  }
};

TEST(RevokedCertificate, IsRefused) {
  const Revoked revoked;
  const std::string signature = revoked.node.signer.sign("content");
  EXPECT_EQ(problem_of(revoked.verifier, "content", signature), SignatureProblem::revoked);
}

// What lies in an archive was made before: today's list must not spoil it.
TEST(RevokedCertificate, IsGoodForWhatIsKeptAndWasMadeBeforeItsRevocation) {
  const Revoked revoked;
  const std::string signature = revoked.node.signer.sign("content");
  EXPECT_TRUE(
      revoked.verifier.verify("content", signature, Judgement::of_kept(before(revoked.at))));
  EXPECT_EQ(problem_of(revoked.verifier, "content", signature, Judgement::of_kept(revoked.at)),
            SignatureProblem::revoked);
}

// Its key may have been in other hands for as long as it was there.
TEST(RevokedCertificate, IsRefusedForWhatArrivesThoughItSaysThatItWasMadeBefore) {
  for (const char* reason : {"", "keyCompromise", "CACompromise", "privilegeWithdrawn"}) {
    const Revoked revoked(reason);
    const std::string signature = revoked.node.signer.sign("content");
    const auto judged = revoked.verifier.verify(
        "content", signature, Judgement::of_arrival(before(revoked.at), noon_time));
    ASSERT_FALSE(judged) << reason;
    EXPECT_EQ(judged.error().code, SignatureProblem::revoked) << reason;
    EXPECT_THAT(judged.error().sentence,
                testing::AllOf(testing::HasSubstr("2026-05-31T23:59:59.999Z"),
                               testing::HasSubstr("2026-06-01T00:00:00.000Z"),
                               testing::HasSubstr("new-epoch")));
  }
}

TEST(RevokedCertificate, IsGoodForWhatArrivesAndWasMadeBeforeWhereItsKeyWasNeverInOtherHands) {
  for (const char* reason : {"superseded", "cessationOfOperation", "affiliationChanged"}) {
    const Revoked revoked(reason);
    const std::string signature = revoked.node.signer.sign("content");
    EXPECT_TRUE(revoked.verifier.verify("content", signature,
                                        Judgement::of_arrival(before(revoked.at), noon_time)))
        << reason;
    EXPECT_EQ(problem_of(revoked.verifier, "content", signature,
                         Judgement::of_arrival(revoked.at, noon_time)),
              SignatureProblem::revoked)
        << reason;
  }
}

// A certificate that has ended since was good when it signed: a batch may wait for weeks.
TEST(EndedCertificate, IsGoodForWhatWasMadeWhileItHeld) {
  test::SigningNode node;
  const auto credentials = node.credentials_of(
      "edge", {moment("2026-01-01T00:00:00.000Z"), moment("2026-11-01T00:00:00.000Z")});
  const std::string signature = credentials.signer.sign("content");
  const auto file = node.directory / "crl.pem";
  test::write_file(file, node.authority.revocation_list({}, {moment("2026-11-01T00:00:00.000Z"),
                                                             moment("2026-12-01T00:00:00.000Z")}));
  const auto verifier = Verifier::load(node.authorities(), file).value();
  const auto made_at = [&](const std::string& text) {
    return Judgement::of_arrival(moment(text), noon_time);
  };
  EXPECT_TRUE(verifier.verify("content", signature, made_at("2026-10-31T12:00:00.000Z")));
  const auto late = verifier.verify("content", signature, made_at("2026-11-02T12:00:00.000Z"));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, SignatureProblem::expired);
  EXPECT_THAT(late.error().sentence,
              testing::AllOf(testing::HasSubstr("made at 2026-11-02T12:00:00.000Z"),
                             testing::HasSubstr("to 2026-11-01T00:00:00.000Z"),
                             testing::HasSubstr("renew")));
}

TEST(RevocationList, ThatIsOutOfDateFailsClosedForWhatArrivesWheneverItWasMade) {
  const Revoked revoked("superseded");
  const std::string signature = revoked.node.signer.sign("content");
  EXPECT_EQ(problem_of(revoked.verifier, "content", signature, at("2027-02-01T00:00:00.000Z")),
            SignatureProblem::outdated_list);
  EXPECT_EQ(
      problem_of(revoked.verifier, "content", signature,
                 Judgement::of_arrival(before(revoked.at), moment("2027-02-01T00:00:00.000Z"))),
      SignatureProblem::outdated_list);
  EXPECT_TRUE(revoked.verifier.verify("content", signature, Judgement::of_kept(before(revoked.at))))
      << "an archive outlives the authorities' lists";
}

// Authorities take certificates off their lists once they have ended.
TEST(RevocationList, ThatWasSeenBeforeCountsThoughTheNewestSaysNothing) {
  Revoked revoked("superseded");
  const std::string signature = revoked.node.signer.sign("content");
  const auto seen = revoked.list_in_der("seen.crl", {{revoked.node.issued.serial, revoked.at}},
                                        moment("2026-07-01T00:00:00.000Z"));
  const auto newest = revoked.node.directory / "newest.pem";
  test::write_file(newest, revoked.node.authority.revocation_list({}, revoked.lists_hold));
  const auto forgetful = Verifier::load(revoked.node.authorities(), newest).value();
  EXPECT_TRUE(forgetful.verify("content", signature, noon)) << "or the test shows nothing";
  const auto verifier = Verifier::load(revoked.node.authorities(), newest, {seen}).value();
  EXPECT_EQ(problem_of(verifier, "content", signature), SignatureProblem::revoked);
}

// Unlike any other revocation.
TEST(RevocationList, ThatWasSeenBeforeDoesNotHoldWhatALaterOneHasReleased) {
  Revoked revoked("superseded");
  const std::string signature = revoked.node.signer.sign("content");
  const auto seen =
      revoked.list_in_der("seen.crl", {{revoked.node.issued.serial, revoked.at, "certificateHold"}},
                          moment("2026-06-15T00:00:00.000Z"));
  const auto newest = revoked.node.directory / "newest.pem";
  test::write_file(newest, revoked.node.authority.revocation_list({}, revoked.lists_hold));
  const auto released = Verifier::load(revoked.node.authorities(), newest, {seen}).value();
  EXPECT_TRUE(released.verify("content", signature, noon));
  test::write_file(newest, revoked.node.authority.revocation_list(
                               {{revoked.node.issued.serial, revoked.at, "certificateHold"}},
                               revoked.lists_hold));
  const auto held = Verifier::load(revoked.node.authorities(), newest, {seen}).value();
  EXPECT_EQ(problem_of(held, "content", signature), SignatureProblem::revoked);
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

// A root, an authority below it, and a signer of that one.
struct Chain {
  test::TemporaryDirectory directory;
  test::TestAuthority root{"Root"};
  test::TestAuthority authority{"Authority", root};
  test::Validity validity{moment("2020-01-01T00:00:00.000Z"), moment("2090-01-01T00:00:00.000Z")};
  test::Validity lists_hold{moment("2026-07-01T00:00:00.000Z"), moment("2027-01-01T00:00:00.000Z")};
  std::string signature = [this] {
    const auto files =
        write_signer(authority.issue("front-end-1", validity), directory.path(), "node");
    return Signer::load(files.certificate, files.key).value().sign("content");
  }();

  [[nodiscard]] Verifier verifier(const std::string& lists) const {
    test::write_file(directory / "ca.pem", root.certificate() + authority.certificate());
    test::write_file(directory / "crl.pem", lists);
    return Verifier::load(directory / "ca.pem", directory / "crl.pem").value();
  }
};

TEST(RevocationLists, AreAskedForEachAuthorityOfTheChain) {
  const Chain chain;
  const std::string of_authority = chain.authority.revocation_list({}, chain.lists_hold);
  const std::string of_root = chain.root.revocation_list({}, chain.lists_hold);
  EXPECT_TRUE(
      chain.verifier(of_authority + of_root).verify("content", chain.signature, noon).has_value());
  EXPECT_EQ(problem_of(chain.verifier(of_authority), "content", chain.signature),
            SignatureProblem::unlisted);
  const auto revoked = chain.root.revocation_list(
      {{chain.authority.serial(), moment("2026-08-01T00:00:00.000Z")}}, chain.lists_hold);
  EXPECT_EQ(problem_of(chain.verifier(of_authority + revoked), "content", chain.signature),
            SignatureProblem::revoked);
  EXPECT_TRUE(chain.verifier(of_authority + revoked)
                  .verify("content", chain.signature,
                          Judgement::of_kept(moment("2026-07-15T00:00:00.000Z"))))
      << "made before the authority was revoked";
}

// What a signer of another make signs, with whatever key, certificate and digest.
std::string signed_by(const test::TestAuthority::Issued& issued, const EVP_MD* digest) {
  const auto read = [](const std::string& pem) {
    return openssl::Bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  };
  const openssl::Certificate certificate(
      PEM_read_bio_X509(read(issued.certificate).get(), nullptr, nullptr, nullptr));
  const openssl::PrivateKey key(
      PEM_read_bio_PrivateKey(read(issued.key).get(), nullptr, nullptr, nullptr));
  constexpr unsigned int detached = CMS_DETACHED | CMS_BINARY | CMS_PARTIAL;
  const openssl::CmsContent cms(CMS_sign(nullptr, nullptr, nullptr, nullptr, detached));
  const auto content = read("content");
  if (CMS_add1_signer(cms.get(), certificate.get(), key.get(), digest, CMS_BINARY) == nullptr ||
      CMS_final(cms.get(), content.get(), nullptr, CMS_DETACHED | CMS_BINARY) != 1) {
    throw std::runtime_error(openssl::last_error());
  }
  unsigned char* der = nullptr;
  const int size = i2d_CMS_ContentInfo(cms.get(), &der);
  std::string signature(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return signature;
}

struct Strength {
  const char* name;
  test::TestAuthority::Kind kind;
  const EVP_MD* (*digest)();
  const char* refused_for = nullptr;  // a word of the sentence; none: it is taken
};
void PrintTo(const Strength& strength, std::ostream* out) {
  *out << strength.name;
}

class SignatureStrength : public testing::TestWithParam<Strength> {};

INSTANTIATE_TEST_SUITE_P(
    All, SignatureStrength,
    testing::Values(
        Strength{"P256", {}, EVP_sha256}, Strength{"P384", {.key = "P-384"}, EVP_sha384},
        Strength{"Rsa3072", {.key = "RSA-3072"}, EVP_sha512},
        Strength{"NoUsageNamed", {.usage = ""}, EVP_sha256},
        Strength{"AmongOtherUsages", {.usage = "digitalSignature,nonRepudiation"}, EVP_sha256},
        Strength{"Rsa2048", {.key = "RSA-2048"}, EVP_sha256, "RSA key of 2048 bits; wanted"},
        Strength{"P224", {.key = "P-224"}, EVP_sha256, "curve secp224r1; wanted"},
        Strength{"Sha1", {}, EVP_sha1, "digest sha1; wanted is SHA-256"},
        Strength{"Sha224", {}, EVP_sha224, "digest sha224; wanted is SHA-256"},
        Strength{"NotForSigning",
                 {.usage = "critical,keyEncipherment"},
                 EVP_sha256,
                 "no digitalSignature"}),
    [](const auto& strength) { return std::string(strength.param.name); });

TEST_P(SignatureStrength, IsWhatIsAskedOrTheSentenceSaysWhatWasFoundAndWhatIsWanted) {
  const Strength& strength = GetParam();
  test::SigningNode node;
  const auto issued = node.authority.issue(
      "other", {moment("2020-01-01T00:00:00.000Z"), moment("2090-01-01T00:00:00.000Z")},
      strength.kind);
  const auto verified =
      node.verifier().verify("content", signed_by(issued, strength.digest()), noon);
  if (strength.refused_for == nullptr) {
    EXPECT_TRUE(verified) << to_string(verified.error());
    return;
  }
  ASSERT_FALSE(verified);
  EXPECT_EQ(verified.error().code, SignatureProblem::unfit);
  EXPECT_THAT(verified.error().sentence, testing::HasSubstr(strength.refused_for));
}

TEST(Signer, RefusesACertificateWhoseSignaturesNobodyWouldTake) {
  test::SigningNode node;
  const auto files = write_signer(
      node.authority.issue("weak",
                           {moment("2020-01-01T00:00:00.000Z"), moment("2090-01-01T00:00:00.000Z")},
                           {.key = "RSA-2048"}),
      node.directory.path(), "weak");
  const auto signer = Signer::load(files.certificate, files.key);
  ASSERT_FALSE(signer);
  EXPECT_EQ(signer.error().code, SignatureProblem::unfit);
  EXPECT_EQ(signer.error().place, files.certificate.string());
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

TEST(Signer, RefusesAKeyWithAPassphraseAndAsksNobodyForIt) {
  const test::SigningNode node;
  const openssl::Bio in(BIO_new_file(node.files.key.c_str(), "r"));
  const openssl::PrivateKey key(PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr));
  const openssl::Bio out(BIO_new_file(node.files.key.c_str(), "w"));
  std::string passphrase = "secret";
  ASSERT_EQ(
      PEM_write_bio_PKCS8PrivateKey(out.get(), key.get(), EVP_aes_128_cbc(), passphrase.data(),
                                    int(passphrase.size()), nullptr, nullptr),
      1);
  ASSERT_EQ(BIO_flush(out.get()), 1);
  const auto signer = Signer::load(node.files.certificate, node.files.key);
  ASSERT_FALSE(signer);
  EXPECT_EQ(signer.error().place, node.files.key.string());
  EXPECT_THAT(signer.error().sentence, testing::HasSubstr("the key has a passphrase"));
}

TEST(Signer, TellsOfAFileThatCanNotBeOpenedWhatTheSystemSays) {
  const test::SigningNode node;
  EXPECT_THAT(Signer::load(node.files.certificate, node.directory / "nowhere").error().sentence,
              testing::HasSubstr("No such file or directory"));
  EXPECT_THAT(Signer::load(node.directory.path(), node.files.key).error().sentence,
              testing::Not(testing::HasSubstr("system lib")));
  EXPECT_THAT(Verifier::load(node.directory / "nowhere", {}).error().sentence,
              testing::HasSubstr("No such file or directory"));
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
