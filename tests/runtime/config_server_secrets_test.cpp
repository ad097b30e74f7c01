#include "runtime/config/server_secret_file.hpp"
#include "runtime/config/server_secret_rules.hpp"
#include "tests/runtime/server_settings_scene.hpp"
#include "tests/support/matchers.hpp"
#include "tests/support/scratch_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <string>
#include <sys/stat.h>

using namespace sluice;

namespace {

/// A file in a folder of its own.
class one_file {
public:
  explicit one_file(const std::string& text, mode_t mode = 0600) : path_(folder_.path() / "secret") {
    std::ofstream(path_) << text;
    BOOST_REQUIRE_EQUAL(::chmod(path_.c_str(), mode), 0);
  }
  const std::filesystem::path& path() const { return path_; }

private:
  scratch_folder folder_;
  std::filesystem::path path_;
};

/// Returns why the file is not taken.
std::string refusal(const std::filesystem::path& path) {
  try {
    (void)read_secret_file(path);
  } catch (const error& failed) {
    BOOST_TEST(failed.code() == "bad_secret_file");
    return failed.what();
  }
  return "taken";
}

} // namespace

BOOST_AUTO_TEST_SUITE(config_server_secrets)

BOOST_AUTO_TEST_CASE(a_secret_is_a_files_text_without_white_space_at_its_ends) {
  BOOST_TEST(read_secret_file(one_file(" abc def \r\n\n").path()) == "abc def");
  for (const mode_t mode : {0400, 0440, 0600, 0640})
    BOOST_TEST(read_secret_file(one_file("abc", mode).path()) == "abc");
}

BOOST_AUTO_TEST_CASE(a_secret_that_others_can_read_or_write_is_refused) {
  for (const mode_t mode : {0644, 0604, 0602, 0601, 0620, 0660, 0777}) {
    const one_file file("abc", mode);
    BOOST_TEST(contains(refusal(file.path()), "run `chmod g-w,o= " + file.path().native() + "`"), mode);
  }
}

BOOST_AUTO_TEST_CASE(what_holds_no_secret_is_refused) {
  const scratch_folder folder;
  BOOST_TEST(contains(refusal(folder.path() / "none"), "No such file"));
  BOOST_TEST(contains(refusal(folder.path()), "no regular file"));
  BOOST_REQUIRE_EQUAL(::mkfifo((folder.path() / "pipe").c_str(), 0600), 0);
  BOOST_TEST(contains(refusal(folder.path() / "pipe"), "no regular file"));
  BOOST_TEST(contains(refusal(one_file(" \n").path()), "it is empty"));
  BOOST_TEST(contains(refusal(one_file(std::string(5000, 'x')).path()), "larger than"));
}

BOOST_AUTO_TEST_CASE(a_trusted_file_may_be_read_but_not_written_by_others) {
  BOOST_TEST(read_trusted_file(one_file("{}\n", 0644).path(), 10) == "{}\n");
  BOOST_CHECK_THROW((void)read_trusted_file(one_file("{}", 0664).path(), 10), error);
  BOOST_CHECK_THROW((void)read_trusted_file(one_file("{}", 0646).path(), 10), error);
  BOOST_CHECK_THROW((void)read_trusted_file(one_file("0123456789a").path(), 10), error);
}

BOOST_AUTO_TEST_CASE(a_secret_comes_from_its_file) {
  const auto loaded =
      load_settings("security:\n  admin_token_file: /a\n  read_token_file: /r\n  jwt: { secret_file: /s }\n",
                    {}, {{"/a", admin_token}, {"/r", read_token}, {"/s", signing_secret}});
  BOOST_TEST(shown(loaded) == "");
  BOOST_TEST(loaded.settings.security.admin_token == admin_token);
  BOOST_TEST(loaded.settings.security.admin_token_file == "/a");
  BOOST_TEST(loaded.settings.security.read_token == read_token);
  BOOST_TEST(loaded.settings.security.jwt.secret == signing_secret);
}

BOOST_AUTO_TEST_CASE(the_environments_secret_goes_before_the_files) {
  const auto loaded =
      load_settings("security: { admin_token_file: /gone }\n", {{"SLUICE_ADMIN_TOKEN", admin_token}});
  BOOST_TEST(shown(loaded) == "");
  BOOST_TEST(loaded.settings.security.admin_token == admin_token);
  BOOST_TEST(loaded.settings.security.admin_token_file.empty());
  const auto other = load_settings("security: { admin_token: 'another-token-0123456789' }\n",
                                   {{"SLUICE_ADMIN_TOKEN_FILE", "/a"}}, {{"/a", admin_token}});
  BOOST_TEST(shown(other) == "");
  BOOST_TEST(other.settings.security.admin_token == admin_token);
}

BOOST_AUTO_TEST_CASE(a_secret_and_a_file_for_it_in_one_place_are_a_finding) {
  const auto in_file =
      load_settings("security:\n  admin_token: " + admin_token + "\n  admin_token_file: /a\n");
  BOOST_TEST(contains(shown(in_file),
                      "server.yaml:2:16: error: security.admin_token: the secret is given twice, "
                      "here and by security.admin_token_file"));
  const auto outside =
      load_settings("", {{"SLUICE_READ_TOKEN", read_token}, {"SLUICE_READ_TOKEN_FILE", "/a"}});
  BOOST_TEST(contains(shown(outside),
                      "environment: error: SLUICE_READ_TOKEN: the secret is given twice, here and "
                      "by SLUICE_READ_TOKEN_FILE"));
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_taken_is_a_finding_and_leaves_no_secret) {
  const auto loaded = load_settings("security:\n  admin_token_file: /gone\n");
  BOOST_TEST(shown(loaded) ==
             "server.yaml:2:21: error: security.admin_token_file: cannot take '/gone': it is not "
             "there [BAD_VALUE]\n");
  BOOST_TEST(loaded.settings.security.admin_token.empty());
  const auto replaced = load_settings("security: { admin_token: " + admin_token + " }\n",
                                      {{"SLUICE_ADMIN_TOKEN_FILE", "/gone"}});
  BOOST_TEST(has_errors(replaced.found));
  BOOST_TEST(replaced.settings.security.admin_token.empty());
}

BOOST_AUTO_TEST_CASE(no_finding_shows_a_secret) {
  const auto short_one =
      load_settings("security: { admin_token: hunter2 }\n", {{"SLUICE_READ_TOKEN", "hunter3"}});
  BOOST_TEST(short_one.found.size() == 2u);
  BOOST_TEST(!contains(shown(short_one), "hunter"), shown(short_one));
  const auto odd =
      load_settings("security: { admin_token: [hunter2] }\n", {{"SLUICE_JWT_SECRET", "hunter2\nhunter2"}});
  BOOST_TEST(odd.found.size() == 2u);
  BOOST_TEST(!contains(shown(odd), "hunter"), shown(odd));
}

BOOST_AUTO_TEST_CASE(asterisks_are_no_secret) {
  const auto loaded = load_settings("security: { admin_token: '********************************' }\n");
  BOOST_TEST(contains(shown(loaded), "asterisks only stand for a secret"));
}

BOOST_AUTO_TEST_CASE(one_token_for_both_roles_is_a_finding) {
  const auto loaded =
      load_settings("security: { admin_token: " + admin_token + ", read_token: " + admin_token + " }\n");
  BOOST_TEST(contains(shown(loaded), "the read token is the admin token"));
}

BOOST_AUTO_TEST_CASE(tokens_are_long_enough_and_fit_for_a_header) {
  BOOST_TEST(!token_complaint(std::string(16, 'x')));
  BOOST_TEST(!token_complaint("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"));
  BOOST_TEST(contains(token_complaint(std::string(15, 'x')).value(), "15 characters and needs 16"));
  BOOST_TEST(token_complaint(std::string(4097, 'x')).has_value());
  for (const auto* const odd : {"a token with spaces", "token-with-\x7f-in-it", "token-w\xc3\xb6th-umlaut"})
    BOOST_TEST(contains(token_complaint(odd).value(), "visible ASCII"), odd);
}

BOOST_AUTO_TEST_CASE(a_signing_secret_has_32_bytes_and_is_no_public_key) {
  BOOST_TEST(!signing_secret_complaint(std::string(32, 'x')));
  BOOST_TEST(signing_secret_complaint(std::string(31, 'x')).has_value());
  BOOST_TEST(contains(signing_secret_complaint("-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkq").value(), "PEM"));
}

BOOST_AUTO_TEST_SUITE_END()
