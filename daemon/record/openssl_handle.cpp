#include "record/openssl_handle.h"

#include <ctime>
#include <system_error>

#include <openssl/pem.h>

namespace sluice::record::openssl {

namespace {

// What stands on top of the system's own word where a file could not be opened.
bool is_of_the_system(unsigned long code) {
  const int reason = ERR_GET_REASON(code);
  return ERR_SYSTEM_ERROR(code) || reason == ERR_R_SYS_LIB || reason == ERR_R_BIO_LIB ||
         (ERR_GET_LIB(code) == ERR_LIB_BIO && reason == BIO_R_NO_SUCH_FILE);
}

}  // namespace

std::string last_error() {
  unsigned long last = 0;
  unsigned long of_system = 0;
  bool was_asked_for_passphrase = false;
  for (unsigned long code = ERR_get_error(); code != 0; code = ERR_get_error()) {
    last = code;
    if (ERR_SYSTEM_ERROR(code)) of_system = code;
    was_asked_for_passphrase =
        was_asked_for_passphrase ||
        (ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_BAD_PASSWORD_READ);
  }
  if (was_asked_for_passphrase) {
    return "the key has a passphrase, which nobody is there to type: write it without one (openssl "
           "pkey -in KEY -out NEW), readable for its owner alone";
  }
  if (of_system != 0 && is_of_the_system(last)) {
    return std::generic_category().message(ERR_GET_REASON(of_system));
  }
  const char* reason = last != 0 ? ERR_reason_error_string(last) : nullptr;
  return reason != nullptr ? reason : "no reason given";
}

int no_passphrase(char*, int, int, void*) {
  return -1;
}

std::string name_text(const X509_NAME* name) {
  const Bio out(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(out.get(), name, 0,
                     XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB));
  char* data = nullptr;
  const long size = BIO_get_mem_data(out.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

std::chrono::sys_seconds time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
  return std::chrono::sys_seconds(std::chrono::seconds(::timegm(&parts)));
}

}  // namespace sluice::record::openssl
