@echo off
rem The command line of Turnstile, with the Java 21 or newer of JAVA_HOME or PATH.
setlocal
set "java=java.exe"
if defined JAVA_HOME if exist "%JAVA_HOME%\bin\java.exe" set "java=%JAVA_HOME%\bin\java.exe"
"%java%" --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC -cp "%~dp0..\lib\*" dev.turnstile.cli.Main %*
exit /b %ERRORLEVEL%
