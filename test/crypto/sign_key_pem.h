/* SPDX-License-Identifier: Apache-2.0 */
/* Keys made with the openssl command for these tests and used nowhere else, in the forms users
 * bring. */
#pragma once
#include "base/base.h"

/* clang-format off */
static const char UNUSED pem_rsa_pkcs1[] =
    "-----BEGIN RSA PRIVATE KEY-----\n"
    "MIIEpAIBAAKCAQEAjacMXGHga60V/8udtE7TABAMWpFYuVYDSlMp7JoNqQ8zqu3i\n"
    "YGuKla7BcH3Gsrd3XUSmLe2jYABYD164nhI15v1jV/UQA8eduTfGzvyUYJOPCvXz\n"
    "WNfAExBRDAlnrz+oMZ9FrhBx+4d1NoEbyQy8l2uaDL62zpqjBo0jCbony/c/5wuq\n"
    "RpEuhAMkiseAAROWRPByokkGSmGdtUirOfF0PPVHVG/efG8oLUYCkpTwgsCjG6rl\n"
    "zixsiLkLLa3R74lnn3M2YeQXtgErMRNZkpj1HWEaFn2Pqe5Vfz70jCs64Prb3LN1\n"
    "QJBGDcWoWWcMXC8OV4I/2650DMMzpLK7DBEelwIDAQABAoIBAEMpFya77zwOKhaI\n"
    "E0MYdlkawsi0DgV9fvzf1kpMNjrYLs6VkBXYFzJl02hC8hDtBKaPdFzlRWcwcpAD\n"
    "AHRNvQnCTLY4xjmMjL7y74tW3QC3JYR0XUbbsEE5pLuYv/SqsVOpqM9hE7HGpS/M\n"
    "4gAeTlJanYT6bVEipzXld93WSaUd5igmLS5yeUobcIkBwFbROILIRIFt9VYvwrKE\n"
    "fOMDNVMeW9Nyi+iY4Y6u+zkdKrJoI6uXF6GR30MotRbkyUOjox2j7KKORVP/7fX5\n"
    "3f57OUYjYTJLWQEjiLkM3fLHhMXiB95Mutaom5YfU2031l2bapCaoeSe8dXpLcUZ\n"
    "JbzhLOkCgYEAw0BvB/u9sqnC++nJCH9uLXPpBSDx/9UkQzYf6Z6b+yrMgEDIg4D4\n"
    "kW463jwNMhvimjAOReoHm2CTL2xjb1AmXx4Y41k6AAEu5UwQ5O3i+AklUWhM5Zot\n"
    "zYoedt+VEh9+oHFh49XK8AU1WuHzfNonr2B+Q4GDnx7TKc44G+qVVFkCgYEAubmB\n"
    "OZFj3vGp1A3QVLFdX/wIgj+33a/lHOJ8Dz2uxT1y0wQx1qEC36nHZBbKrWNa1eMq\n"
    "Nej77NW18uSTATt/EmXVvT+ia0uAsmiVp4LPgZOVXZ61gy7JjLGzKo0/F1b88/cs\n"
    "7dDrhVfEoHWy0DDws1Nts68XDP7ifgszIXwcbG8CgYB/M9MiGFeVthNZmw1lg997\n"
    "rS/6L2R5j5p4TyKrSLHGCDQCujHnunY2COJBNk5Cfvg6C2TBF56tE1XQZ4TAWC8n\n"
    "eKwuMUsgBaVPrSa0fmaHwS2Ww6SVUMTWS01dlHvButL8I+HqVLZJeJsyAlJm3JlO\n"
    "IEciI5Zka+iWK8tSJJn0wQKBgQCpTKW0sYkFqOuzxufa3FeO8LNc7/KOnhHPc9G9\n"
    "HvBbEjnCi7dWvC1fb2e4IGKfDcu2374RqJFFgka65Ivw+qhKQBRH0GMhRZFKkLWj\n"
    "HkZECyGEVvGFZLgLjc0SA/G4N+6cAfytyN15DtnJn6Dh0UsJXQrKWdg8W3hhh5oT\n"
    "cwyB9wKBgQCgyiZ4CACmRLaf5/AF5bd5tKKZS7LZ7I2325ZbS9L6gnYMt+pJXJgF\n"
    "eJlc4PDIXCMYQDmZkz83msg86f7/2Gom+LKFXMBYHNly3tMqE9u/5Lpz0vIro7Jb\n"
    "kbUuSdeSylJdfsyiOHChSR2mN3E6XUwBFNRluEORIzeouSHDjICuZw==\n"
    "-----END RSA PRIVATE KEY-----\n";
static const char UNUSED pem_rsa_pkcs8[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQCNpwxcYeBrrRX/\n"
    "y520TtMAEAxakVi5VgNKUynsmg2pDzOq7eJga4qVrsFwfcayt3ddRKYt7aNgAFgP\n"
    "XrieEjXm/WNX9RADx525N8bO/JRgk48K9fNY18ATEFEMCWevP6gxn0WuEHH7h3U2\n"
    "gRvJDLyXa5oMvrbOmqMGjSMJuifL9z/nC6pGkS6EAySKx4ABE5ZE8HKiSQZKYZ21\n"
    "SKs58XQ89UdUb958bygtRgKSlPCCwKMbquXOLGyIuQstrdHviWefczZh5Be2ASsx\n"
    "E1mSmPUdYRoWfY+p7lV/PvSMKzrg+tvcs3VAkEYNxahZZwxcLw5Xgj/brnQMwzOk\n"
    "srsMER6XAgMBAAECggEAQykXJrvvPA4qFogTQxh2WRrCyLQOBX1+/N/WSkw2Otgu\n"
    "zpWQFdgXMmXTaELyEO0Epo90XOVFZzBykAMAdE29CcJMtjjGOYyMvvLvi1bdALcl\n"
    "hHRdRtuwQTmku5i/9KqxU6moz2ETscalL8ziAB5OUlqdhPptUSKnNeV33dZJpR3m\n"
    "KCYtLnJ5ShtwiQHAVtE4gshEgW31Vi/CsoR84wM1Ux5b03KL6Jjhjq77OR0qsmgj\n"
    "q5cXoZHfQyi1FuTJQ6OjHaPsoo5FU//t9fnd/ns5RiNhMktZASOIuQzd8seExeIH\n"
    "3ky61qiblh9TbTfWXZtqkJqh5J7x1ektxRklvOEs6QKBgQDDQG8H+72yqcL76ckI\n"
    "f24tc+kFIPH/1SRDNh/pnpv7KsyAQMiDgPiRbjrePA0yG+KaMA5F6gebYJMvbGNv\n"
    "UCZfHhjjWToAAS7lTBDk7eL4CSVRaEzlmi3Nih5235USH36gcWHj1crwBTVa4fN8\n"
    "2ievYH5DgYOfHtMpzjgb6pVUWQKBgQC5uYE5kWPe8anUDdBUsV1f/AiCP7fdr+Uc\n"
    "4nwPPa7FPXLTBDHWoQLfqcdkFsqtY1rV4yo16Pvs1bXy5JMBO38SZdW9P6JrS4Cy\n"
    "aJWngs+Bk5VdnrWDLsmMsbMqjT8XVvzz9yzt0OuFV8SgdbLQMPCzU22zrxcM/uJ+\n"
    "CzMhfBxsbwKBgH8z0yIYV5W2E1mbDWWD33utL/ovZHmPmnhPIqtIscYINAK6Mee6\n"
    "djYI4kE2TkJ++DoLZMEXnq0TVdBnhMBYLyd4rC4xSyAFpU+tJrR+ZofBLZbDpJVQ\n"
    "xNZLTV2Ue8G60vwj4epUtkl4mzICUmbcmU4gRyIjlmRr6JYry1IkmfTBAoGBAKlM\n"
    "pbSxiQWo67PG59rcV47ws1zv8o6eEc9z0b0e8FsSOcKLt1a8LV9vZ7ggYp8Ny7bf\n"
    "vhGokUWCRrrki/D6qEpAFEfQYyFFkUqQtaMeRkQLIYRW8YVkuAuNzRID8bg37pwB\n"
    "/K3I3XkO2cmfoOHRSwldCspZ2DxbeGGHmhNzDIH3AoGBAKDKJngIAKZEtp/n8AXl\n"
    "t3m0oplLstnsjbfblltL0vqCdgy36klcmAV4mVzg8MhcIxhAOZmTPzeayDzp/v/Y\n"
    "aib4soVcwFgc2XLe0yoT27/kunPS8iujsluRtS5J15LKUl1+zKI4cKFJHaY3cTpd\n"
    "TAEU1GW4Q5EjN6i5IcOMgK5n\n"
    "-----END PRIVATE KEY-----\n";
static const char UNUSED pem_rsa_spki[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAjacMXGHga60V/8udtE7T\n"
    "ABAMWpFYuVYDSlMp7JoNqQ8zqu3iYGuKla7BcH3Gsrd3XUSmLe2jYABYD164nhI1\n"
    "5v1jV/UQA8eduTfGzvyUYJOPCvXzWNfAExBRDAlnrz+oMZ9FrhBx+4d1NoEbyQy8\n"
    "l2uaDL62zpqjBo0jCbony/c/5wuqRpEuhAMkiseAAROWRPByokkGSmGdtUirOfF0\n"
    "PPVHVG/efG8oLUYCkpTwgsCjG6rlzixsiLkLLa3R74lnn3M2YeQXtgErMRNZkpj1\n"
    "HWEaFn2Pqe5Vfz70jCs64Prb3LN1QJBGDcWoWWcMXC8OV4I/2650DMMzpLK7DBEe\n"
    "lwIDAQAB\n"
    "-----END PUBLIC KEY-----\n";
static const char UNUSED pem_rsa_pkcs1_public[] =
    "-----BEGIN RSA PUBLIC KEY-----\n"
    "MIIBCgKCAQEAjacMXGHga60V/8udtE7TABAMWpFYuVYDSlMp7JoNqQ8zqu3iYGuK\n"
    "la7BcH3Gsrd3XUSmLe2jYABYD164nhI15v1jV/UQA8eduTfGzvyUYJOPCvXzWNfA\n"
    "ExBRDAlnrz+oMZ9FrhBx+4d1NoEbyQy8l2uaDL62zpqjBo0jCbony/c/5wuqRpEu\n"
    "hAMkiseAAROWRPByokkGSmGdtUirOfF0PPVHVG/efG8oLUYCkpTwgsCjG6rlzixs\n"
    "iLkLLa3R74lnn3M2YeQXtgErMRNZkpj1HWEaFn2Pqe5Vfz70jCs64Prb3LN1QJBG\n"
    "DcWoWWcMXC8OV4I/2650DMMzpLK7DBEelwIDAQAB\n"
    "-----END RSA PUBLIC KEY-----\n";
static const char UNUSED pem_rsa_exponent_3[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBIDANBgkqhkiG9w0BAQEFAAOCAQ0AMIIBCAKCAQEAu6Lm247ZUfZHxUulrKAY\n"
    "wmdDtHr6TVlUOHd2rA0SI5l/N0rtA0iCVWgSvYQoQUKta586Wh8XNWNBg/BKcJdE\n"
    "dydNeQZezVrPpJU5CIPCTf+315OwuUJf0nHowvz2nyUDlXlWuQEt7Stw8U4bkyZW\n"
    "UzeI4HwmKm68ygforyOzgTbljRQXatpKK6OVUpZtwDg+Fj2CPEfYAafchqpMpkVY\n"
    "VXsthJffKTfzWC4qu/fHxB9lyjU4anV6VP/KoLUYINKk2GzIUaDt+JRYtf2j+RT5\n"
    "yhGV9yyoCL6dz9gOzobEu/iMG0azwa4W1vlgK7WXkNUyWrVBkzwcuVRQczRR/Qt1\n"
    "LwIBAw==\n"
    "-----END PUBLIC KEY-----\n";
static const char UNUSED pem_rsa_1024[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCgbSku9MjYHns52dv/p7da3z1r\n"
    "3h75+IyJvrmLV8jKnWifBW32AuddrHe28bZFmCDwxMtTLd49dsZieID4+TIvxhOn\n"
    "T3Vylw7nmUOjNaYspFJ60jnJpWpqtwztCk0BzLvS5BChVjkOAeszj+U0+qQjSYFE\n"
    "nZRm1tX+tG8WAhrn4wIDAQAB\n"
    "-----END PUBLIC KEY-----\n";
static const char UNUSED pem_rsa_pss_only[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBIDALBgkqhkiG9w0BAQoDggEPADCCAQoCggEBANrcFwklrywxqvKJhoQTKLM+\n"
    "FbIBUpzbwSt69rHqRN7ELPT/u6zW//9yu48u7dX8SML9npENkqQm27qDulW6nlCG\n"
    "G/0pvxON4S0m1RAfhABRNje0u8MkssHdFUGK9jNtWyo9GTSrsF7Z1JugX1bhkKlX\n"
    "EYkcRZiWStIslBcRr1LfkqeTM4l9dUc4a6GBF/E6ykArLeA10yJ1cvu4177ha2OC\n"
    "c6gd8U7NmmqV8sU3UIBHIyivDpwqfvBqRKKP7qAuZ2cN9W9L8d/93DVJ2ZRChQSp\n"
    "IZBqqKBXhfYJKO84IK127TV9kVFAD+YY1KicCbojz9YyAz2X+urRMbU3Gz8aMQEC\n"
    "AwEAAQ==\n"
    "-----END PUBLIC KEY-----\n";
static const char UNUSED pem_ec_sec1[] =
    "-----BEGIN EC PARAMETERS-----\n"
    "BggqhkjOPQMBBw==\n"
    "-----END EC PARAMETERS-----\n"
    "-----BEGIN EC PRIVATE KEY-----\n"
    "MHcCAQEEICLtVEtCLJqceG6kAgiwWTTfqyNwpchCj2K9EzXRmW+5oAoGCCqGSM49\n"
    "AwEHoUQDQgAEEDP5e1Td6fZvzGrK+97iHFWxYXhS/efyTE8y+UWMZmcGh7YZ1dKJ\n"
    "gy371cvenzOjiZLRvGZ4CA6xCYiimFPCVA==\n"
    "-----END EC PRIVATE KEY-----\n";
static const char UNUSED pem_ec_spki[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEDP5e1Td6fZvzGrK+97iHFWxYXhS\n"
    "/efyTE8y+UWMZmcGh7YZ1dKJgy371cvenzOjiZLRvGZ4CA6xCYiimFPCVA==\n"
    "-----END PUBLIC KEY-----\n";
static const char UNUSED pem_ec_pkcs8[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQguCd5GT3xxkzUkedL\n"
    "Lld6cI1tzXC8yOFuk753QqJQpBOhRANCAARANUM9Y60RfmiRXpFM5aMTagQ+OGRH\n"
    "COZ6bbqVXCCoAzdd+a/45piTyRaxfroTFzWijntumametvuoCMKvXjCx\n"
    "-----END PRIVATE KEY-----\n";
static const char UNUSED pem_ec_certificate[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBbzCCARWgAwIBAgIUGOKyOXucr1L91RjWvMNv5GQt13YwCgYIKoZIzj0EAwIw\n"
    "DDEKMAgGA1UEAwwBeDAgFw0yNjExMjIwMDMyNTNaGA8yMTI2MTAyOTAwMzI1M1ow\n"
    "DDEKMAgGA1UEAwwBeDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABEA1Qz1jrRF+\n"
    "aJFekUzloxNqBD44ZEcI5nptupVcIKgDN135r/jmmJPJFrF+uhMXNaKOe26ZqZ62\n"
    "+6gIwq9eMLGjUzBRMB0GA1UdDgQWBBSTmQx9QxPvM6U5uqhGB/4xyOeHmjAfBgNV\n"
    "HSMEGDAWgBSTmQx9QxPvM6U5uqhGB/4xyOeHmjAPBgNVHRMBAf8EBTADAQH/MAoG\n"
    "CCqGSM49BAMCA0gAMEUCIDNvvXFWk9jnxC8eLRlKT8SyPlatoMIQQxeDnbETLa/a\n"
    "AiEAzFkOq0KAbubhLeBU0pLe1oFTnsLci2nWGVfCb0GQhGg=\n"
    "-----END CERTIFICATE-----\n";
static const char UNUSED pem_ec_explicit[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBSzCCAQMGByqGSM49AgEwgfcCAQEwLAYHKoZIzj0BAQIhAP////8AAAABAAAA\n"
    "AAAAAAAAAAAA////////////////MFsEIP////8AAAABAAAAAAAAAAAAAAAA////\n"
    "///////////8BCBaxjXYqjqT57PrvVV2mIa8ZR0GsMxTsPY7zjw+J9JgSwMVAMSd\n"
    "NgiG5wSTamZ44ROdJreBn36QBEEEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5\n"
    "RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9QIhAP////8AAAAA\n"
    "//////////+85vqtpxeehPO5ysL8YyVRAgEBA0IABPrae178KEYPf8gbrHq26Dhs\n"
    "bBUXam7dc8QhOHIdjI3v/Q3FEXZNxYuf+EcZWo/O1165DK2wiGIQof7hU/6071Y=\n"
    "-----END PUBLIC KEY-----\n";
static const char UNUSED pem_ec_encrypted[] =
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
    "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAi8YCqHqnxIXgICCAAw\n"
    "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEAgKrAs0rzV2uBcjtTd3IOoEgZCu\n"
    "hko4beAVOWVd71vn7nEWrE2+U8VliXf39duarVGPR2p95vfT1pIk11g4L1FR1D9w\n"
    "24C+M2NbgWpFljyH/I9x7ssl/nzhxnW18CPDhJHMceKdFwJdKU6dTNdDdSyJY521\n"
    "VE8yHfXU0U38ezBpHfpqdy7AmWbau2zIrQ64qd1KYNSkkT7o1kRVPL+abdIfhNQ=\n"
    "-----END ENCRYPTED PRIVATE KEY-----\n";
static const char UNUSED pem_ec_encrypted_old[] =
    "-----BEGIN EC PRIVATE KEY-----\n"
    "Proc-Type: 4,ENCRYPTED\n"
    "DEK-Info: AES-128-CBC,88CF1D1B5D47736CB5184FAC9D167082\n"
    "IFk1Qk8GbWyYCoV/svyH4Fxyn7CCM5il2k0SFjpNFMnkic4UmibGsVutk03RFsOi\n"
    "weT9klkwYoKQHsMxdbX8d2j16Jc6BjeHGzcsG0IjPrM2RFW+7gNEnkDITe5h+/5E\n"
    "LNclsDgL1re0P+ArD5tzRol5KNUy5d32sZxjAs608ZU=\n"
    "-----END EC PRIVATE KEY-----\n";
static const char UNUSED pem_secp256k1[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGEAgEAMBAGByqGSM49AgEGBSuBBAAKBG0wawIBAQQgEvzYWOtSu3x/NNCGZ1vK\n"
    "9ZYnRg1pZ9JNUdOmsFNPsoahRANCAAQcAuS/B7yPaVOFyQ9XrIIzM6YHWpjN2GGn\n"
    "lBO5hgoW3+vPYbdWEZk8isL/4v0m1r4x6JpGwp2l2AMyjibHrzqv\n"
    "-----END PRIVATE KEY-----\n";
static const char UNUSED pem_ed25519_pkcs8[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIBG2lKXL0yt7JMHJwghCinqY10lVNv0TwNNZ75aTXmzg\n"
    "-----END PRIVATE KEY-----\n";
static const char UNUSED pem_x25519[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VuBCIEIFDYATtPvmSs10Xvosp4mrL5ikZVX5aP7uJrIedP0kBH\n"
    "-----END PRIVATE KEY-----\n";
/* clang-format on */
