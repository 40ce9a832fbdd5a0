//! Law files, data sets and output formats: the only readers and writers of foreign files.
