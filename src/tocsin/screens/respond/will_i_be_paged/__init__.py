"""'Will I be paged?': the answer for now and next, a test page the real way, tests of everyone on call."""
