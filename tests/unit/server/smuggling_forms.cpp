#include "smuggling_forms.h"

#include "server/request_guard.h"

namespace sluice::test {
namespace {

using server::Refusal;

const std::string post = "POST /v1/datasets/enterprise/records HTTP/1.1\r\n";
const std::string host = "Host: localhost\r\n";
const std::string json = "Content-Type: application/json\r\n";
const std::string end = "\r\n";

SmugglingForm with_fields(std::string name, const std::string& fields, Refusal refusal) {
  return {std::move(name), post + host + json + fields + end, refusal};
}
SmugglingForm with_target(std::string name, const std::string& target, Refusal refusal) {
  return {std::move(name), "GET " + target + " HTTP/1.1\r\n" + host + end, refusal};
}
SmugglingForm whole(std::string name, std::string bytes, Refusal refusal) {
  return {std::move(name), std::move(bytes), refusal};
}
SmugglingForm with_chunks(std::string name, const std::string& body, Refusal refusal) {
  return {std::move(name), post + host + json + "Transfer-Encoding: chunked\r\n\r\n" + body,
          refusal};
}

using Forms = std::vector<SmugglingForm>;

Forms line_forms() {
  using namespace std::string_literals;
  return {
      whole("BareLineFeedAfterRequestLine", "GET / HTTP/1.1\nHost: localhost\r\n\r\n",
            Refusal::bare_line_feed),
      whole("BareLineFeedsAtEnd", post + "Host: localhost\n\n", Refusal::bare_line_feed),
      with_fields("BareLineFeedAfterField", "A: b\nContent-Length: 5\r\n", Refusal::bare_line_feed),
      with_fields("BareCarriageReturnInValue", "A: b\rContent-Length: 5\r\n",
                  Refusal::bare_carriage_return),
      with_fields("TwoCarriageReturns", "A: b\r\r\n", Refusal::bare_carriage_return),
      with_fields("CarriageReturnInName", "A\rB: c\r\n", Refusal::bare_carriage_return),
      whole("CarriageReturnInRequestLine", "GET / HTTP/1.1\r\r\n" + host + end,
            Refusal::bare_carriage_return),
      with_fields("NulInValue", "A: b\0c\r\n"s, Refusal::control_character),
      with_fields("NulInName", "A\0: b\r\n"s, Refusal::control_character),
      whole("NulInTarget", "GET /\0 HTTP/1.1\r\n"s + host + end, Refusal::control_character),
      with_fields("EscapeInValue", "A: \x1b[2J\r\n", Refusal::control_character),
      with_fields("DeleteInValue", "A: \x7f\r\n", Refusal::control_character),
      with_fields("FoldedWithSpace", "A: b\r\n c\r\n", Refusal::obsolete_folding),
      with_fields("FoldedWithTab", "A: b\r\n\tContent-Length: 5\r\n", Refusal::obsolete_folding),
      with_fields("FoldedTransferEncoding", "Transfer-Encoding:\r\n chunked\r\n",
                  Refusal::transfer_encoding_unsupported),
      whole("FoldedFirstField", post + " Host: localhost\r\n\r\n", Refusal::obsolete_folding),
      with_fields("SpaceBeforeColon", "Content-Length : 5\r\n", Refusal::malformed_field),
      with_fields("TabBeforeColon", "Transfer-Encoding\t: chunked\r\n", Refusal::malformed_field),
      with_fields("NoColon", "Content-Length 5\r\n", Refusal::malformed_field),
      with_fields("EmptyName", ": 5\r\n", Refusal::malformed_field),
      with_fields("NameWithBrackets", "Content[Length]: 5\r\n", Refusal::malformed_field),
      with_fields("NonAsciiName", "Content-L\xc3\xa4nge: 5\r\n", Refusal::malformed_field),
      with_fields("TwoContentTypes", json, Refusal::malformed_field),
      whole("EmptyLineFirst", end + post + host + end, Refusal::malformed_request_line),
  };
}

Forms request_line_forms() {
  return {
      whole("Http09", "GET /\r\n\r\n", Refusal::malformed_request_line),
      whole("TwoSpaces", "GET  / HTTP/1.1\r\n" + host + end, Refusal::malformed_request_line),
      whole("SpaceInTarget", "GET /a b HTTP/1.1\r\n" + host + end, Refusal::malformed_request_line),
      whole("TabForSpace", "GET\t/ HTTP/1.1\r\n" + host + end, Refusal::malformed_request_line),
      whole("SpaceAtEnd", "GET / HTTP/1.1 \r\n" + host + end, Refusal::malformed_request_line),
      whole("SpaceFirst", " GET / HTTP/1.1\r\n" + host + end, Refusal::malformed_request_line),
      whole("LowerCaseProtocol", "GET / http/1.1\r\n" + host + end,
            Refusal::malformed_request_line),
      whole("VersionWithTwoDigits", "GET / HTTP/1.10\r\n" + host + end,
            Refusal::malformed_request_line),
      whole("VersionTwo", "GET / HTTP/2.0\r\n" + host + end, Refusal::version_unsupported),
      whole("VersionOneTwo", "GET / HTTP/1.2\r\n" + host + end, Refusal::version_unsupported),
      whole("Http2Preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Refusal::version_unsupported),
      whole("Connect", "CONNECT localhost:443 HTTP/1.1\r\n" + host + end, Refusal::method_unknown),
      whole("Trace", "TRACE / HTTP/1.1\r\n" + host + end, Refusal::method_unknown),
      whole("LowerCaseMethod", "get / HTTP/1.1\r\n" + host + end, Refusal::method_unknown),
      with_target("AbsoluteFormOfAnotherScheme", "ftp://localhost/v1/health", Refusal::target_form),
      with_target("AbsoluteFormWithUser", "http://user@localhost/v1/health",
                  Refusal::malformed_target),
      with_target("AbsoluteFormWithoutHost", "http:///v1/health", Refusal::malformed_target),
      with_target("AbsoluteFormWithDotDot", "http://localhost/v1/../health", Refusal::unsafe_path),
      with_target("AbsoluteFormWithFragment", "http://localhost/v1/health#top",
                  Refusal::target_form),
      with_target("AuthorityForm", "localhost:443", Refusal::target_form),
      with_target("AsteriskForm", "*", Refusal::target_form),
      with_target("Fragment", "/v1/health#top", Refusal::target_form),
      with_target("EncodedNul", "/v1/health%00", Refusal::unsafe_path),
      with_target("EncodedSlash", "/v1%2fhealth", Refusal::unsafe_path),
      with_target("EncodedBackslash", "/v1%5Chealth", Refusal::unsafe_path),
      with_target("EncodedLineFeed", "/v1/health%0aHost:", Refusal::unsafe_path),
      with_target("EncodedPercent", "/v1/%252e%252e", Refusal::unsafe_path),
      with_target("DotSegment", "/v1/./health", Refusal::unsafe_path),
      with_target("DotDotSegment", "/v1/../health", Refusal::unsafe_path),
      with_target("DotDotAtEnd", "/v1/..", Refusal::unsafe_path),
      with_target("EncodedDotDot", "/v1/%2e%2E/health", Refusal::unsafe_path),
      with_target("Backslash", "/v1\\health", Refusal::malformed_target),
      with_target("CutEncoding", "/v1/%4", Refusal::malformed_target),
      with_target("BadEncoding", "/v1/%zz", Refusal::malformed_target),
      with_target("NonAsciiPath", "/v1/\xe5\x8c\xba", Refusal::malformed_target),
      with_target("NulInQuery", "/v1/health?a=%00", Refusal::malformed_target),
      with_target("QuoteInQuery", "/v1/health?a=\"", Refusal::malformed_target),
  };
}

Forms framing_forms() {
  return {
      whole("NoHost", post + json + end, Refusal::host_missing),
      with_fields("TwoHosts", "Host: other\r\n", Refusal::host_repeated),
      with_fields("SameHostTwice", host, Refusal::host_repeated),
      whole("EmptyHost", post + "Host:\r\n\r\n", Refusal::host_malformed),
      whole("HostList", post + "Host: a, b\r\n\r\n", Refusal::host_malformed),
      whole("HostWithUser", post + "Host: user@localhost\r\n\r\n", Refusal::host_malformed),
      whole("HostWithPath", post + "Host: localhost/x\r\n\r\n", Refusal::host_malformed),
      with_fields("ChunkedTwice", "Transfer-Encoding: chunked, chunked\r\n",
                  Refusal::transfer_encoding_unsupported),
      with_fields("TwoTransferEncodings",
                  "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                  Refusal::transfer_encoding_unsupported),
      with_fields("GzipThenChunked", "Transfer-Encoding: gzip, chunked\r\n",
                  Refusal::transfer_encoding_unsupported),
      with_fields("Identity", "Transfer-Encoding: identity\r\n",
                  Refusal::transfer_encoding_unsupported),
      with_fields("ChunkedWithParameter", "Transfer-Encoding: chunked;a=b\r\n",
                  Refusal::transfer_encoding_unsupported),
      with_fields("QuotedChunked", "Transfer-Encoding: \"chunked\"\r\n",
                  Refusal::transfer_encoding_unsupported),
      with_fields("VerticalTabChunked",
                  "Transfer-Encoding: \x0b"
                  "chunked\r\n",
                  Refusal::control_character),
      with_fields("EmptyTransferEncoding", "Transfer-Encoding:\r\n",
                  Refusal::transfer_encoding_unsupported),
      with_fields("XChunked", "Transfer-Encoding: xchunked\r\n",
                  Refusal::transfer_encoding_unsupported),
      with_fields("EncodingThenLength", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
                  Refusal::transfer_encoding_with_length),
      with_fields("LengthThenEncoding", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
                  Refusal::transfer_encoding_with_length),
      whole("EncodingInHttp10",
            "POST / HTTP/1.0\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            Refusal::transfer_encoding_before_1_1),
      with_fields("TwoLengths", "Content-Length: 5\r\nContent-Length: 6\r\n",
                  Refusal::length_repeated),
      with_fields("SameLengthTwice", "Content-Length: 5\r\nContent-Length: 5\r\n",
                  Refusal::length_repeated),
      with_fields("LengthList", "Content-Length: 5, 5\r\n", Refusal::length_malformed),
      with_fields("PlusLength", "Content-Length: +5\r\n", Refusal::length_malformed),
      with_fields("NegativeLength", "Content-Length: -5\r\n", Refusal::length_malformed),
      with_fields("HexadecimalLength", "Content-Length: 0x5\r\n", Refusal::length_malformed),
      with_fields("LengthWithSpace", "Content-Length: 5 5\r\n", Refusal::length_malformed),
      with_fields("EmptyLength", "Content-Length:\r\n", Refusal::length_malformed),
      with_fields("LengthWithAZeroInFront", "Content-Length: 05\r\n", Refusal::length_malformed),
      with_fields("LengthOfZeros", "Content-Length: 00\r\n", Refusal::length_malformed),
      with_fields("OverflowingLength", "Content-Length: 18446744073709551621\r\n",
                  Refusal::length_malformed),
      with_fields("Upgrade", "Upgrade: h2c\r\n", Refusal::upgrade_unsupported),
      with_fields("ConnectionUpgrade", "Connection: keep-alive, Upgrade\r\n",
                  Refusal::upgrade_unsupported),
      with_fields("OtherExpectation", "Expect: 200-ok\r\n", Refusal::expectation_unsupported),
      with_fields("TrailerAnnounced", "Trailer: Content-Length\r\n", Refusal::trailer),
      with_fields("TooLarge", "A: " + std::string(server::max_head_bytes, 'a') + "\r\n",
                  Refusal::head_too_large),
      with_fields(
          "TooManyFields",
          [] {
            std::string fields;
            for (std::size_t i = 0; i < server::max_header_fields; ++i)
              fields += "A: b\r\n";
            return fields;
          }(),
          Refusal::too_many_fields),
  };
}

}  // namespace

Forms head_forms() {
  Forms all = line_forms();
  for (Forms more : {request_line_forms(), framing_forms()}) {
    all.insert(all.end(), more.begin(), more.end());
  }
  return all;
}

Forms chunk_forms() {
  return {
      with_chunks("Extension", "5;a=b\r\nhello\r\n0\r\n\r\n", Refusal::chunk_extension),
      with_chunks("ExtensionOnLast", "5\r\nhello\r\n0;a=b\r\n\r\n", Refusal::chunk_extension),
      with_chunks("BareLineFeedAfterSize", "5\nhello\r\n0\r\n\r\n", Refusal::chunk_malformed),
      with_chunks("SpaceAfterSize", "5 \r\nhello\r\n0\r\n\r\n", Refusal::chunk_malformed),
      with_chunks("SpaceBeforeSize", " 5\r\nhello\r\n0\r\n\r\n", Refusal::chunk_malformed),
      with_chunks("PrefixedSize", "0x5\r\nhello\r\n0\r\n\r\n", Refusal::chunk_malformed),
      with_chunks("SignedSize", "+5\r\nhello\r\n0\r\n\r\n", Refusal::chunk_malformed),
      with_chunks("EmptySize", "\r\nhello\r\n0\r\n\r\n", Refusal::chunk_malformed),
      with_chunks("OverflowingSize", "10000000000000005\r\nhello\r\n0\r\n\r\n",
                  Refusal::chunk_malformed),
      with_chunks("ContentLongerThanSize", "4\r\nhello\r\n0\r\n\r\n", Refusal::chunk_malformed),
      with_chunks("NoCarriageReturnAfterContent", "5\r\nhello\n0\r\n\r\n",
                  Refusal::chunk_malformed),
      with_chunks("CarriageReturnWithoutLineFeed", "5\rXhello\r\n0\r\n\r\n",
                  Refusal::chunk_malformed),
      with_chunks("Trailer", "5\r\nhello\r\n0\r\nContent-Length: 5\r\n\r\n", Refusal::trailer),
      with_chunks("AnnouncedTooLarge", "ffffffff\r\n", Refusal::body_too_large),
  };
}

}  // namespace sluice::test
